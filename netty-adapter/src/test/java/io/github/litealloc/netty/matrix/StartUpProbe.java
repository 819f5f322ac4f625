package io.github.litealloc.netty.matrix;

import io.netty.util.internal.PlatformDependent;

/** A small server and client in a JVM of their own; {@code StartUpTest} reads what it prints. */
final class StartUpProbe {

  static final String DONE = "every byte arrived";

  private StartUpProbe() {}

  /**
   * Sends some bytes to and fro.
   *
   * @param arguments the transport
   */
  public static void main(String[] arguments) throws Exception {
    Payload payload = new Payload(11);
    Setting setting = new Setting("hybrid", Transport.valueOf(arguments[0]), Tls.NONE);
    int bytes = 100_000;
    CheckingClient client =
        new CheckingClient(
            payload,
            bytes,
            channel -> channel.writeAndFlush(payload.buffer(channel.alloc(), 0, bytes)));
    try (Loopback net = new Loopback(setting)) {
      net.connect(net.serve(to -> to.addLast(new CheckingEcho(payload))), to -> to.addLast(client));
      client.outcome.await();
    }
    System.out.println(DONE + ", Unsafe: " + PlatformDependent.hasUnsafe());
  }
}
