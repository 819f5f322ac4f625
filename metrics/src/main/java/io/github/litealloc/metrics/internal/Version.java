package io.github.litealloc.metrics.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of lite-alloc, as its jar states it. */
public final class Version {

  /** The version when the classes do not come from a jar that Maven has built. */
  public static final String UNKNOWN = "unknown";

  private static final String PROPERTIES =
      "/META-INF/maven/io.github.litealloc/lite-alloc-metrics/pom.properties";

  private static final String VERSION = read();

  private Version() {}

  /** {@return the version, or {@link #UNKNOWN}} */
  public static String get() {
    return VERSION;
  }

  private static String read() {
    try (InputStream in = Version.class.getResourceAsStream(PROPERTIES)) {
      if (in == null) {
        return UNKNOWN;
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
