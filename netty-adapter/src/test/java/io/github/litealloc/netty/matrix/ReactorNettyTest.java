package io.github.litealloc.netty.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.litealloc.netty.VirtualThreads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
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
    post(setting, body -> body);
  }

  /** Where handlers run that may block, as WebFlux's users are told to do it. */
  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void post_answeredOnBoundedElastic_comesBackUnchangedFromArenas(Setting setting)
      throws Exception {
    post(setting, body -> copiedOn(Schedulers.boundedElastic(), body));
  }

  @ParameterizedTest
  @MethodSource(Setting.PAIRWISE)
  void post_answeredOnVirtualThreads_comesBackUnchangedFromArenas(Setting setting)
      throws Exception {
    Optional<ExecutorService> virtual = VirtualThreads.executor();
    assumeTrue(virtual.isPresent());
    try {
      post(setting, body -> copiedOn(Schedulers.fromExecutor(virtual.get()), body));
    } finally {
      virtual.get().shutdown();
    }
  }

  /** Answers with buffers that the scheduler's threads allocate. */
  private static Flux<ByteBuf> copiedOn(Scheduler scheduler, Flux<ByteBuf> body) {
    return body.publishOn(scheduler)
        .map(
            buffer -> {
              try {
                int bytes = buffer.readableBytes();
                return buffer.alloc().directBuffer(bytes).writeBytes(buffer);
              } finally {
                buffer.release();
              }
            });
  }

  private void post(Setting setting, UnaryOperator<Flux<ByteBuf>> answer) throws Exception {
    try (Loopback net = new Loopback(setting)) {
      DisposableServer server = serve(setting, net, answer);
      try {
        byte[] body = post(setting, net, server.port());
        assertThat(body).hasSize(PIECES * PIECE_BYTES);
        payload.check(body, body.length, 0);
      } finally {
        server.disposeNow(PATIENCE);
      }
    }
  }

  private DisposableServer serve(Setting setting, Loopback net, UnaryOperator<Flux<ByteBuf>> answer)
      throws Exception {
    ByteBufAllocator allocator = net.allocator();
    HttpServer server =
        HttpServer.create()
            .option(ChannelOption.ALLOCATOR, allocator)
            .childOption(ChannelOption.ALLOCATOR, allocator)
            .runOn(net.serverLoop())
            .host(NetUtil.LOCALHOST4.getHostAddress())
            .port(0)
            .handle(
                (request, response) ->
                    response.send(answer.apply(checked(request.receive().retain()))));
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
