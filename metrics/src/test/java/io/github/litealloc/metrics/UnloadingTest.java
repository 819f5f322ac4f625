package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/**
 * An application that brings the library, and binds it to a registry of others, can be unloaded.
 */
final class UnloadingTest {

  /** Loads our classes itself, and shares Netty's and Micrometer's with the container. */
  private static URLClassLoader applicationLoader() {
    URL[] ours = {
      location(Arena.class), location(LiteByteBufAllocator.class), location(LiteAllocMetrics.class)
    };
    return new URLClassLoader(ours, UnloadingTest.class.getClassLoader()) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.github.litealloc.")) {
          return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
          Class<?> loaded = findLoadedClass(name);
          return loaded != null ? loaded : findClass(name);
        }
      }
    };
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  @Test
  void classLoader_ofClosedMetrics_isCollectedAlthoughTheRegistryLivesOn() throws Exception {
    PlatformDependent.hasUnsafe(); // if there is none, Netty keeps who has asked first
    MeterRegistry registry = new SimpleMeterRegistry();
    try (TestLoop loop = new TestLoop("unloading")) {
      WeakReference<ClassLoader> loader = runApplication(registry, loop);
      eventually(
          () -> {
            System.gc();
            assertThat(loader.get()).isNull();
          });
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  private static WeakReference<ClassLoader> runApplication(MeterRegistry registry, TestLoop loop)
      throws Exception {
    try (URLClassLoader loader = applicationLoader()) {
      Class<?> type = loader.loadClass(LiteByteBufAllocator.class.getName());
      Object allocator = type.getConstructor().newInstance();
      Object other = type.getConstructor().newInstance(); // of the same budget, which is compared
      loop.call(() -> ((ByteBufAllocator) allocator).directBuffer(100).release());
      MeterBinder metrics = bind(loader, type, allocator, registry);
      MeterBinder otherMetrics = bind(loader, type, other, registry);
      assertThat(registry.getMeters()).isNotEmpty();
      for (Object closeable : new Object[] {metrics, otherMetrics, allocator, other}) {
        ((AutoCloseable) closeable).close();
      }
      loop.call(() -> null); // what close has asked of the loop is done before this
      return new WeakReference<>(loader);
    }
  }

  private static MeterBinder bind(
      ClassLoader loader, Class<?> type, Object allocator, MeterRegistry registry)
      throws Exception {
    MeterBinder metrics =
        (MeterBinder)
            loader
                .loadClass(LiteAllocMetrics.class.getName())
                .getConstructor(type)
                .newInstance(allocator);
    metrics.bindTo(registry);
    return metrics;
  }
}
