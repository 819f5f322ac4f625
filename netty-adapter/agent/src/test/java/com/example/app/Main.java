package com.example.app;

import io.netty.buffer.ByteBufAllocator;
import java.lang.reflect.Method;

/** Runs what its arguments name, and prints what Netty's default allocator has served. */
public final class Main {

  private Main() {}

  /**
   * @param arguments which applications; {@code -Dasked=true} tells what others were asked for
   */
  public static void main(String[] arguments) throws Exception {
    AskedOfOthers asked = Boolean.getBoolean("asked") ? new AskedOfOthers() : null;
    for (String name : arguments) {
      switch (name) {
        case "web" -> WebApplication.run();
        case "webflux" -> WebFluxApplication.run();
        case "grpc" -> GrpcApplication.run();
        case "streams" -> StreamApplication.run();
        case "lettuce" -> LettuceApplication.run();
        case "armeria" -> ArmeriaApplication.run();
        case "rsocket" -> RsocketApplication.run();
        case "quic" -> QuicApplication.run();
        case "postgres" -> PostgresApplication.run();
        case "async-http-client" -> AsyncHttpClientApplication.run();
        case "vertx" -> VertxApplication.run();
        case "virtual" -> VirtualThreadApplication.run();
        default -> throw new IllegalArgumentException(name);
      }
      System.out.println("after " + name + ": " + traffic());
    }
    if (asked != null) {
      asked.end().forEach(what -> System.out.println("asked of others: " + what));
      System.out.println("asked of ours: " + (asked.ours() > 0));
      asked.close();
    }
    Seen.print();
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    System.out.println("default: " + allocator);
    printFallbacks(allocator);
    System.out.println("done");
  }

  /** By reflection, as below. */
  private static Object traffic() throws Exception {
    ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
    Object metric = allocator.getClass().getMethod("metric").invoke(allocator);
    Object traffic = metric.getClass().getMethod("traffic").invoke(metric);
    return traffic.getClass().getMethod("arenaRequests").invoke(traffic) + " requests in arenas";
  }

  /** By reflection: an application that knows nothing of who serves it. */
  private static void printFallbacks(ByteBufAllocator allocator) throws Exception {
    Object metric = allocator.getClass().getMethod("metric").invoke(allocator);
    for (Method method : metric.getClass().getMethods()) {
      if (method.getName().equals("fallbacks")) {
        for (Object reason : method.getParameterTypes()[0].getEnumConstants()) {
          System.out.println("fallbacks " + reason + ": " + method.invoke(metric, reason));
        }
      }
    }
    Method live = metric.getClass().getMethod("liveBuffers");
    // Connections that are closing may hold some yet.
    for (int i = 0; i < 500 && !live.invoke(metric).equals(0L); i++) {
      Thread.sleep(20);
    }
    System.out.println("live: " + live.invoke(metric));
  }
}
