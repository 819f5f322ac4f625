package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.local.LocalChannel;
import io.netty.util.internal.PlatformDependent;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that brings the library in a class loader of its own can be unloaded. */
final class UnloadingTest {

  /** If there is no Unsafe, Netty keeps why not, and with it whoever has asked first. */
  @BeforeAll
  static void loadPlatform() {
    PlatformDependent.hasUnsafe();
  }

  /** Loads our classes itself, and shares Netty's with the container. */
  private static URLClassLoader applicationLoader() {
    URL[] ours = {location(Arena.class), location(LiteByteBufAllocator.class)};
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
  void classLoader_ofAnAllocatorThatSampled_isCollectedToo() throws Exception {
    System.setProperty("litealloc.sampling", "1");
    try {
      classLoader_ofAClosedAllocator_isCollectedAlthoughTheThreadsThatUsedItLiveOn();
    } finally {
      System.clearProperty("litealloc.sampling");
    }
  }

  @Test
  void classLoader_ofAClosedAllocator_isCollectedAlthoughTheThreadsThatUsedItLiveOn()
      throws Exception {
    try (TestLoop loop = new TestLoop()) {
      WeakReference<ClassLoader> loader = runApplication(loop);
      eventually(
          () -> {
            System.gc();
            return loader.get() == null;
          },
          () -> "the class loader is still reachable");
    }
  }

  /** What Netty keeps for good from when it is loaded must not be the application's. */
  @Test
  void classLoader_ofTheApplicationThatHasNettyLoaded_isCollectedToo(@TempDir Path folder)
      throws Exception {
    JavaProcess.run(folder, JavaProcess.HOME, List.of(), UnloadingTest.class);
  }

  /** Fails if the application's class loader stays. */
  public static void main(String[] arguments) throws Exception {
    loadPlatform();
    new UnloadingTest()
        .classLoader_ofAClosedAllocator_isCollectedAlthoughTheThreadsThatUsedItLiveOn();
  }

  private static WeakReference<ClassLoader> runApplication(TestLoop loop) throws Exception {
    try (URLClassLoader loader = applicationLoader()) {
      Object allocator =
          loader.loadClass(LiteByteBufAllocator.class.getName()).getConstructor().newInstance();
      assertThat(allocator.getClass().getClassLoader()).isSameAs(loader);
      ByteBufAllocator buffers = (ByteBufAllocator) allocator;
      ByteBuf late = loop.call(() -> buffers.directBuffer(100).writeInt(1));
      loop.run(() -> buffers.directBuffer(100_000).release());
      loop.run(() -> buffers.directBuffer(8 << 20).release()); // so that the JDK's timer is used
      try (TestLoop ended = new TestLoop()) {
        ended.run(() -> buffers.directBuffer(100).release());
      }
      buffers.directBuffer(100).release(); // on this thread, which has no arena
      useHandler(loader, buffers, loop);

      ((AutoCloseable) allocator).close();
      late.release();
      loop.run(() -> buffers.directBuffer(100).release()); // a straggler
      return new WeakReference<>(loader);
    }
  }

  /** Two channels that are paused together, so that what they have in common is compared. */
  private static void useHandler(ClassLoader loader, ByteBufAllocator buffers, TestLoop loop)
      throws Exception {
    ChannelHandler handler =
        (ChannelHandler)
            loader.loadClass(MemoryPressureHandler.class.getName()).getConstructor().newInstance();
    List<LocalChannel> channels = List.of(new LocalChannel(), new LocalChannel());
    for (LocalChannel channel : channels) {
      channel.config().setAllocator(buffers);
      loop.loop().register(channel).sync();
      loop.run(() -> channel.pipeline().addFirst(handler));
    }
    for (LocalChannel channel : channels) {
      channel.close().sync();
    }
    loop.run(() -> {});
  }
}
