package io.github.litealloc.agent;

import java.net.URL;
import java.net.URLClassLoader;

/**
 * Our classes out of the agent's jar, for a Netty that has none beside it. Never those of a loader
 * above it, which would not see that Netty.
 */
final class InnerLoader extends URLClassLoader {

  static {
    registerAsParallelCapable();
  }

  private static final String OURS = "io.github.litealloc.";

  InnerLoader(URL folder, ClassLoader netty) {
    super("lite-alloc", new URL[] {folder}, netty);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }
}
