package io.github.litealloc.agent;

import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/**
 * The classes of lite-alloc that go with one Netty: those that the application brings beside it or,
 * if it brings none, those in the agent's jar.
 */
final class Library {

  private static final String ALLOCATOR = "io.github.litealloc.netty.LiteByteBufAllocator";

  /** The pom packs them there. */
  private static final String FOLDER_IN_JAR = "lite-alloc/";

  private final ClassLoader loader;
  private final String origin;

  /** Netty's interface. */
  private final Class<?> allocatorType;

  private Library(ClassLoader loader, String origin, Class<?> allocatorType) {
    this.loader = loader;
    this.origin = origin;
    this.allocatorType = allocatorType;
  }

  static Library beside(@Nullable ClassLoader nettys) throws Exception {
    ClassLoader netty = nettys == null ? ClassLoader.getSystemClassLoader() : nettys;
    Class<?> type = Class.forName("io.netty.buffer.ByteBufAllocator", false, netty);
    return bringsOurs(netty, type)
        ? new Library(netty, "the application's class path", type)
        : new Library(new InnerLoader(folderInJar(), netty), "the agent", type);
  }

  private static boolean bringsOurs(ClassLoader netty, Class<?> type) {
    try {
      // A loader above Netty's may have ours with another Netty, or with none.
      return type.isAssignableFrom(Class.forName(ALLOCATOR, false, netty));
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static URL folderInJar() throws MalformedURLException {
    CodeSource jar = Library.class.getProtectionDomain().getCodeSource();
    if (jar == null || jar.getLocation() == null) {
      throw new IllegalStateException("the agent's jar is not to be found");
    }
    return new URL("jar:" + jar.getLocation() + "!/" + FOLDER_IN_JAR);
  }

  String origin() {
    return origin;
  }

  Class<?> load(String name) throws ClassNotFoundException {
    return Class.forName(name, true, loader);
  }

  /** An allocator with the settings of the system properties. */
  Object allocatorOver(Object nettysChoice) throws ReflectiveOperationException {
    Object builder = load(ALLOCATOR).getMethod("builderFromSystemProperties").invoke(null);
    Class<?> type = builder.getClass();
    type.getMethod("nettysDefault", allocatorType).invoke(builder, nettysChoice);
    return type.getMethod("build").invoke(builder);
  }
}
