package io.github.litealloc.agent;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Whichever class of Netty or of ours an application uses first, and on however many threads: all
 * see one default allocator, which is ours, and what is behind each of ours is Netty's choice.
 */
public final class FirstTouch {

  private static final int ROUNDS_AT_ONCE = Integer.getInteger("rounds", 6);

  private static final List<String> TOUCHES =
      List.of("util", "default", "ours", "unpooled", "pooled", "heap");

  private FirstTouch() {}

  /** Each round has a Netty of its own, in a class loader of its own. */
  public static void main(String[] arguments) throws Exception {
    for (String first : TOUCHES) {
      round(List.of(first));
    }
    ExecutorService threads = Executors.newFixedThreadPool(TOUCHES.size());
    for (int i = 0; i < ROUNDS_AT_ONCE; i++) {
      roundAtOnce(threads);
    }
    threads.shutdown();
    System.out.println("done");
  }

  private static void round(List<String> touches) throws Exception {
    try (URLClassLoader loader = loader()) {
      for (String touch : touches) {
        touch(loader, touch);
      }
      check(loader);
    }
  }

  private static void roundAtOnce(ExecutorService threads) throws Exception {
    try (URLClassLoader loader = loader()) {
      CountDownLatch ready = new CountDownLatch(TOUCHES.size());
      List<Future<?>> touched = new ArrayList<>();
      for (String touch : TOUCHES) {
        Callable<Object> task =
            () -> {
              ready.countDown();
              ready.await();
              touch(loader, touch);
              return touch;
            };
        touched.add(threads.submit(task));
      }
      for (Future<?> touch : touched) {
        touch.get(60, TimeUnit.SECONDS); // else: a deadlock of class initialisers
      }
      check(loader);
    }
  }

  private static URLClassLoader loader() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(new File(path).toURI().toURL());
    }
    return new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }

  private static void touch(ClassLoader loader, String what) throws Exception {
    switch (what) {
      case "util" -> Class.forName("io.netty.buffer.ByteBufUtil", true, loader);
      case "default" -> defaultAllocator(loader);
      case "ours" -> ownAllocator(loader);
      case "unpooled" -> Class.forName("io.netty.buffer.Unpooled", true, loader);
      case "pooled" ->
          Class.forName("io.netty.buffer.PooledByteBufAllocator", true, loader)
              .getField("DEFAULT")
              .get(null);
      case "heap" -> {
        Class<?> type = Class.forName("io.netty.buffer.UnpooledHeapByteBuf", true, loader);
        type.getName();
      }
      default -> throw new IllegalArgumentException(what);
    }
  }

  private static Object defaultAllocator(ClassLoader loader) throws Exception {
    return Class.forName("io.netty.buffer.ByteBufAllocator", true, loader)
        .getField("DEFAULT")
        .get(null);
  }

  /** As an application makes one. */
  private static Object ownAllocator(ClassLoader loader) throws Exception {
    Class<?> ours = Class.forName("io.github.litealloc.netty.LiteByteBufAllocator", true, loader);
    Object builder = ours.getMethod("builder").invoke(null);
    return builder.getClass().getMethod("build").invoke(builder);
  }

  private static void check(ClassLoader loader) throws Exception {
    Object byDefault = defaultAllocator(loader);
    var util = Class.forName("io.netty.buffer.ByteBufUtil", true, loader);
    var field = util.getDeclaredField("DEFAULT_ALLOCATOR");
    field.setAccessible(true);
    require(field.get(null) == byDefault, "two defaults: " + field.get(null), byDefault);
    require(is(byDefault, "LiteByteBufAllocator"), "the default", byDefault);
    Object own = ownAllocator(loader);
    require(own != byDefault, "the application's own", own);
    Class<?> choice = Class.forName("io.github.litealloc.netty.NettysChoice", true, loader);
    for (String name : List.of("fallback", "heapAllocator")) {
      var method = choice.getDeclaredMethod(name);
      method.setAccessible(true);
      Object behind = method.invoke(null);
      require(is(behind, "AdaptiveByteBufAllocator"), name, behind);
    }
  }

  private static boolean is(Object allocator, String type) {
    return allocator != null && allocator.getClass().getSimpleName().equals(type);
  }

  private static void require(boolean condition, String what, Object value) {
    if (!condition) {
      throw new IllegalStateException(what + ": " + value);
    }
  }
}
