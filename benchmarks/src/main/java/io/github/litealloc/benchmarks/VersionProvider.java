package io.github.litealloc.benchmarks;

import io.netty.util.Version;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints: ours and its commit, Netty's and the JVM's. */
final class VersionProvider implements IVersionProvider {

  private static final String OURS =
      "/META-INF/maven/io.github.litealloc/lite-alloc-benchmarks/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "lite-alloc " + ours(),
      "commit " + SourceCommit.here(),
      "Netty " + netty(),
      "JDK " + System.getProperty("java.runtime.version"),
    };
  }

  /** Maven leaves the version in the jar. */
  private static String ours() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = VersionProvider.class.getResourceAsStream(OURS)) {
      if (in != null) {
        properties.load(in);
      }
    }
    return properties.getProperty("version", "(not run from its jar)");
  }

  private static String netty() {
    Version version = Version.identify().get("netty-buffer");
    return version == null ? "unknown" : version.artifactVersion();
  }
}
