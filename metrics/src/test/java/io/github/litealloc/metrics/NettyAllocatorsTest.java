package io.github.litealloc.metrics;

import static io.github.litealloc.metrics.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Netty's own allocators on the dashboard: what they tell, and no zeros for what they do not. */
final class NettyAllocatorsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode get(DashboardServer server, String path) throws Exception {
    return JSON.readTree(RawHttp.get(server.uri().getPort(), path).text());
  }

  @Test
  void snapshot_pooledAlone_hasItsFiguresAndNullForTheRest() throws Exception {
    PooledByteBufAllocator pooled = new PooledByteBufAllocator(true);
    ByteBuf direct = pooled.directBuffer(100_000);
    ByteBuf heap = pooled.heapBuffer(100_000);
    try (DashboardServer server =
        DashboardServer.builder().nettyAllocator("theirs", pooled).start()) {
      JsonNode snapshot = get(server, "/api/v1/snapshot");
      assertThat(snapshot.path("verdict").path("level").asText()).isEqualTo("UNKNOWN");
      assertThat(snapshot.path("allocators")).isEmpty();
      JsonNode totals = snapshot.path("totals");
      assertThat(totals.path("reservedBytes").asLong())
          .isEqualTo(pooled.metric().usedDirectMemory());
      assertThat(totals.path("usedBytes").asLong()).isEqualTo(pooled.pinnedDirectMemory());
      for (String ours : new String[] {"pinnedBytes", "liveBlocks", "allocations", "failures"}) {
        assertThat(totals.path(ours).isNull()).as(ours).isTrue();
      }
      JsonNode told = snapshot.path("nettyAllocators").path(0);
      assertThat(told.path("name").asText()).isEqualTo("theirs");
      assertThat(told.path("type").asText()).isEqualTo("PooledByteBufAllocator");
      assertThat(told.path("usedHeapBytes").asLong()).isEqualTo(pooled.pinnedHeapMemory());
      assertThat(told.path("arenas")).extracting(arena -> arena.path("chunks").asInt()).contains(1);
      assertThat(RawHttp.get(server.uri().getPort(), "/metrics").text())
          .contains("netty_allocator_memory_used")
          .doesNotContain("lite_alloc_");
      eventually(() -> assertThat(get(server, "/api/v1/history").path("rows").size()).isPositive());
    } finally {
      direct.release();
      heap.release();
    }
  }

  @Test
  void snapshot_adaptive_doesNotTellWhatIsInBuffers() throws Exception {
    AdaptiveByteBufAllocator adaptive = new AdaptiveByteBufAllocator(true);
    ByteBuf buffer = adaptive.directBuffer(10_000);
    try (DashboardServer server =
        DashboardServer.builder().nettyAllocator("adaptive", adaptive).start()) {
      JsonNode snapshot = get(server, "/api/v1/snapshot");
      assertThat(snapshot.path("totals").path("reservedBytes").asLong()).isPositive();
      assertThat(snapshot.path("totals").path("usedBytes").isNull()).isTrue();
      assertThat(snapshot.path("nettyAllocators").path(0).has("usedDirectBytes")).isFalse();
      assertThat(snapshot.path("nettyAllocators").path(0).has("threadCaches")).isFalse();
    } finally {
      buffer.release();
    }
  }

  @Test
  void snapshot_besideOurs_totalsAreOurs() throws Exception {
    UnpooledByteBufAllocator unpooled = new UnpooledByteBufAllocator(true);
    ByteBuf buffer = unpooled.directBuffer(10_000);
    try (LiteByteBufAllocator ours = LiteByteBufAllocator.builder().name("ours").build();
        DashboardServer server =
            DashboardServer.builder().allocator(ours).nettyAllocator("u", unpooled).start()) {
      JsonNode snapshot = get(server, "/api/v1/snapshot");
      assertThat(snapshot.path("verdict").path("level").asText()).isEqualTo("OK");
      assertThat(snapshot.path("totals").path("reservedBytes").asLong(-1)).isZero();
      assertThat(snapshot.path("nettyAllocators").path(0).path("usedDirectBytes").asLong())
          .isEqualTo(10_000);
    } finally {
      buffer.release();
    }
  }

  @Test
  void snapshot_oneThatThrows_isLeftOutAndOursAreShown() throws Exception {
    AtomicBoolean isBroken = new AtomicBoolean();
    ByteBufAllocatorMetricProvider broken =
        () -> {
          if (isBroken.get()) {
            throw new IllegalStateException("it does not tell");
          }
          return UnpooledByteBufAllocator.DEFAULT.metric();
        };
    try (LiteByteBufAllocator ours = LiteByteBufAllocator.builder().name("whole").build();
        DashboardServer server =
            DashboardServer.builder()
                .allocator(ours)
                .nettyAllocator("broken", broken)
                .nettyAllocator("unpooled", UnpooledByteBufAllocator.DEFAULT)
                .start();
        DashboardServer brokenAlone =
            DashboardServer.builder().nettyAllocator("broken", broken).start()) {
      isBroken.set(true);
      eventually(
          () -> {
            JsonNode snapshot = get(server, "/api/v1/snapshot");
            assertThat(snapshot.path("nettyAllocators"))
                .extracting(netty -> netty.path("name").asText())
                .containsExactly("unpooled");
            assertThat(snapshot.path("allocators").path(0).path("name").asText())
                .isEqualTo("whole");
          });
      eventually(
          () -> {
            JsonNode totals = get(brokenAlone, "/api/v1/snapshot").path("totals");
            assertThat(totals.path("reservedBytes").isNull()).isTrue();
            assertThat(totals.path("usedBytes").isNull()).isTrue();
          });
    }
  }
}
