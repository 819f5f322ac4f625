package com.example.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.server.Server;
import io.github.litealloc.netty.FallbackReason;
import io.github.litealloc.netty.InheritedAllocator;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** The same applications without the agent, with an allocator as their frameworks take one. */
final class PluggedInByCodeTest {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().build();
  private final AskedOfOthers asked = new AskedOfOthers();

  @BeforeEach
  void forget() {
    Seen.take();
  }

  @AfterEach
  void close() {
    asked.close();
    allocator.close();
  }

  @Test
  void lettuce_withACustomizerOfItsBootstraps_hasAllDirectBuffersFromArenas() throws Exception {
    LettuceApplication.run(bootstrap -> bootstrap.option(ChannelOption.ALLOCATOR, allocator));
    checkAllOurs("lettuce read", "lettuce write");
  }

  @Test
  void asyncHttpClient_withAnAllocator_hasAllDirectBuffersFromArenas() throws Exception {
    AsyncHttpClientApplication.run(this::withAllocator, config -> config.setAllocator(allocator));
    checkAllOurs("async-http-client read", "async-http-client write");
  }

  /** HTTP/1.1, and HTTP/2 with its streams. */
  @Test
  void reactorNetty_withOptionsAndStreamsThatInherit_hasAllDirectBuffersFromArenas()
      throws Exception {
    WebApplication.run(this::withAllocator, this::withAllocator);
    checkAllOurs("H2C client write", "H2C response", "HTTP/1.1 client write", "HTTP/1.1 response");
  }

  /** As beans and builders take it, without the starter. */
  @Test
  void webFlux_withACustomizerAndStreamsThatInherit_hasAllDirectBuffersFromArenas()
      throws Exception {
    WebFluxApplication.run(this::withAllocator, this::withAllocator);
    checkAllOurs(
        "WebFlux client HTTP11 write",
        "WebFlux client H2C write",
        "WebFlux server read",
        "WebFlux loop",
        WebFluxApplication.hasVirtualThreads() ? "WebFlux virtual thread" : "WebFlux thread");
  }

  @Test
  void grpc_withOptions_hasAllDirectBuffersFromArenas() throws Exception {
    GrpcApplication.run(
        server ->
            server
                .withOption(ChannelOption.ALLOCATOR, allocator)
                .withChildOption(ChannelOption.ALLOCATOR, allocator),
        client -> client.withOption(ChannelOption.ALLOCATOR, allocator));
    checkAllOurs();
  }

  @Test
  void rsocket_withOptionsOfWhatIsBelowIt_hasAllDirectBuffersFromArenas() throws Exception {
    RsocketApplication.run(
        server ->
            server
                .option(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.ALLOCATOR, allocator),
        client -> client.option(ChannelOption.ALLOCATOR, allocator));
    checkAllOurs("RSocket server read", "RSocket client write");
  }

  private HttpServer withAllocator(HttpServer server) {
    return server
        .option(ChannelOption.ALLOCATOR, allocator)
        .childOption(ChannelOption.ALLOCATOR, allocator)
        .doOnConnection(PluggedInByCodeTest::inherit);
  }

  private HttpClient withAllocator(HttpClient client) {
    return client
        .option(ChannelOption.ALLOCATOR, allocator)
        .doOnRequest((request, connection) -> inherit(connection));
  }

  private static void inherit(Connection connection) {
    connection.channel().pipeline().addFirst(InheritedAllocator.INSTANCE);
  }

  /** What Armeria itself takes from Netty's default, for some of its writes, no option reaches. */
  @Test
  void armeria_withChannelOptions_hasWhatItReadsAndAsksItsContextForFromArenas() throws Exception {
    ArmeriaApplication.run(
        Server.builder().childChannelOption(ChannelOption.ALLOCATOR, allocator),
        ClientFactory.builder().channelOption(ChannelOption.ALLOCATOR, allocator));
    Seen.forget("Armeria server write: direct AdaptiveByteBuf of AdaptiveByteBufAllocator");
    List<String> byArmeria =
        checkAllOursOfWhatIsSeen("Armeria server read", "Armeria server write", "Armeria response");
    assertThat(byArmeria)
        .isNotEmpty()
        .allMatch(
            what -> what.contains(" by com.linecorp.armeria.internal.common.ByteArrayBytes."));
  }

  private void checkAllOurs(String... places) throws Exception {
    assertThat(checkAllOursOfWhatIsSeen(places)).as("asked of other allocators").isEmpty();
  }

  /** Answers what other allocators were asked for, seen by handlers or not. */
  private List<String> checkAllOursOfWhatIsSeen(String... places) throws Exception {
    List<String> seen = Seen.take();
    assertThat(seen)
        .allMatch(what -> what.endsWith(": direct LiteByteBuf of LiteByteBufAllocator"));
    for (String place : places) {
      assertThat(seen).anyMatch(what -> what.startsWith(place));
    }
    List<String> ofOthers = asked.end();
    assertThat(asked.ours()).as("asked of ours").isPositive();
    checkNothingIsElsewhereOrLeft(allocator);
    return ofOthers;
  }

  static void checkNothingIsElsewhereOrLeft(LiteByteBufAllocator allocator)
      throws InterruptedException {
    for (FallbackReason reason : FallbackReason.values()) {
      assertThat(allocator.metric().fallbacks(reason)).as("%s", reason).isZero();
    }
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (allocator.metric().liveBuffers() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10); // connections that are closing
    }
    allocator.assertNoneOutstanding();
  }
}
