package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** Reactor Netty, server and client, set up as its users would. */
final class ReactorNettyTest {

  private static final int PIECES = 50;
  private static final int PIECE_BYTES = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(Outcome.PATIENCE_SECONDS);

  private final Payload payload = new Payload(9);

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void post_aStreamedBody_comesBackUnchanged(Setting setting) throws Exception {
    try (Loopback net = new Loopback(setting)) {
      DisposableServer server = serve(setting, net);
      try {
        byte[] body = post(setting, net, server.port());
        assertThat(body).hasSize(PIECES * PIECE_BYTES);
        payload.check(body, body.length, 0);
      } finally {
        server.disposeNow(PATIENCE);
      }
    }
  }

  private DisposableServer serve(Setting setting, Loopback net) throws Exception {
    ByteBufAllocator allocator = net.allocator();
    HttpServer server =
        HttpServer.create()
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .runOn(net.serverLoop())
            .host(NetUtil.LOCALHOST4.getHostAddress())
            .port(0)
            .handle((request, response) -> response.send(checked(request.receive().retain())));
    if (setting.tls() != Tls.NONE) {
      SslContext context = setting.tls().serverContext();
      server = server.secure(spec -> spec.sslContext(context));
    }
    return server.bindNow(PATIENCE);
  }

  private byte[] post(Setting setting, Loopback net, int port) throws Exception {
    ByteBufAllocator allocator = net.allocator();
    HttpClient client =
        HttpClient.newConnection()
            .option(ChannelOption.ALLOCATOR, allocator)
            .runOn(net.clientLoop())
            .resolver(DefaultAddressResolverGroup.INSTANCE);
    String scheme = "http";
    if (setting.tls() != Tls.NONE) {
      SslContext context = setting.tls().client().build();
      client = client.secure(spec -> spec.sslContext(context));
      scheme = "https";
    }
    return client
        .post()
        .uri(scheme + "://localhost:" + port + "/")
        .send((request, outbound) -> outbound.send(pieces(outbound.alloc())))
        .responseContent()
        .aggregate()
        .asByteArray()
        .block(PATIENCE);
  }

  /** Subscribed to on the event loop, so that they come from its arena. */
  private Flux<ByteBuf> pieces(ByteBufAllocator allocator) {
    return Flux.range(0, PIECES)
        .map(i -> payload.buffer(allocator, (long) i * PIECE_BYTES, PIECE_BYTES));
  }

  private Flux<ByteBuf> checked(Flux<ByteBuf> body) {
    AtomicLong position = new AtomicLong();
    return body.doOnNext(buffer -> position.set(payload.check(buffer, position.get())));
  }
}
