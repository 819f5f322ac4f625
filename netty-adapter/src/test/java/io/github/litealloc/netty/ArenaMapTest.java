package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.litealloc.Blocks;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Maps of an event loop's memory. */
final class ArenaMapTest {

  private final LiteByteBufAllocator allocator =
      LiteByteBufAllocator.builder().name("mapped").strategy("free-list").build();
  private final TestLoop loop = new TestLoop();
  private final List<ByteBuf> live = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    loop.run(() -> live.forEach(ByteBuf::release));
    loop.close();
    allocator.close();
  }

  private String loopName() throws Exception {
    return loop.call(() -> Thread.currentThread().getName());
  }

  private ArenaMap map() throws Exception {
    CompletableFuture<ArenaMap> answer = new CompletableFuture<>();
    assertThat(allocator.metric().askForMap(loopName(), answer::complete)).isTrue();
    return answer.get(10, TimeUnit.SECONDS);
  }

  private static long count(String cells, ArenaMap.Cell kind) {
    return cells.chars().filter(symbol -> symbol == kind.symbol()).count();
  }

  @Test
  void map_ofOneStraggler_showsWhereItIsAndWhoHoldsIt() throws Exception {
    allocator.sampling(1);
    loop.run(
        () -> {
          List<ByteBuf> burst = new ArrayList<>();
          for (int i = 0; i < 30; i++) {
            burst.add(allocator.directBuffer(30_000));
          }
          live.add(burst.remove(10));
          burst.forEach(ByteBuf::release);
        });
    ArenaMap map = map();

    assertThat(map.strategy()).isEqualTo("free-list");
    assertThat(map.isComplete()).isTrue();
    assertThat(map.chunksLeftOut()).isZero();
    assertThat(map.tookNanos()).isPositive();
    ArenaMap.Chunk pinned = map.chunks().get(0);
    assertThat(pinned.cells()).hasSize(ArenaMap.CELLS);
    assertThat(pinned.liveBuffers()).isEqualTo(1);
    assertThat(pinned.liveBytes()).isBetween(30_000L, 31_000L);
    long cellBytes = pinned.bytes() / ArenaMap.CELLS;
    assertThat(count(pinned.cells(), ArenaMap.Cell.LIVE))
        .isBetween(30_000 / cellBytes, 30_000 / cellBytes + 2);
    assertThat(count(pinned.cells(), ArenaMap.Cell.FREE)).isPositive();
    ArenaMap.Straggler straggler = pinned.oldest().get(0);
    assertThat(straggler.capacityBytes()).isEqualTo(30_000);
    assertThat(straggler.offset() / cellBytes)
        .isEqualTo(pinned.cells().indexOf(ArenaMap.Cell.LIVE.symbol()));
    assertThat(straggler.allocationStack()).isNotEmpty(); // without our own frames
    assertThat(map.chunks().subList(1, map.chunks().size()))
        .allSatisfy(chunk -> assertThat(chunk.liveBuffers()).isZero());
  }

  @Test
  void map_ofTheSmallestBuffer_showsACell() throws Exception {
    loop.run(
        () -> {
          live.add(allocator.directBuffer(20_000));
          live.add(allocator.directBuffer(1));
        });
    ArenaMap.Chunk chunk = map().chunks().get(0);
    assertThat(chunk.liveBuffers()).isEqualTo(2);
    assertThat(chunk.oldest()).hasSize(2);
    assertThat(chunk.oldest().get(0).allocationStack()).isEmpty();
    assertThat(count(chunk.cells(), ArenaMap.Cell.LIVE))
        .isEqualTo(20_000 * ArenaMap.CELLS / chunk.bytes() + 1);
  }

  @Test
  void map_ofWhatIsKept_showsItApart() throws Exception {
    CompletableFuture<ArenaMap> answer = new CompletableFuture<>();
    loop.run(
        () -> {
          live.add(allocator.directBuffer(2_000));
          List<ByteBuf> kept = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            kept.add(allocator.directBuffer(3_000));
          }
          kept.forEach(ByteBuf::release);
          assertThat(allocator.metric().arenas().get(0).statistics().cachedBytes()).isPositive();
          // Queued behind this task; before the next tick, which frees what is kept.
          String self = Thread.currentThread().getName();
          assertThat(allocator.metric().askForMap(self, answer::complete)).isTrue();
        });
    ArenaMap.Chunk chunk = answer.get(10, TimeUnit.SECONDS).chunks().get(0);
    assertThat(chunk.keptBytes()).isGreaterThanOrEqualTo(3_000);
    assertThat(count(chunk.cells(), ArenaMap.Cell.KEPT)).isPositive();
    assertThat(count(chunk.cells(), ArenaMap.Cell.LIVE)).isPositive();
  }

  @Test
  void map_ofVeryMany_hasAllOfThemAndShowsSomeChunks() throws Exception {
    loop.run(() -> allocate(60_000));
    ArenaMap map = map();
    assertThat(map.isComplete()).isTrue();
    assertThat(map.chunks()).hasSize(ArenaMap.MAX_CHUNKS);
    assertThat(map.chunksLeftOut()).isPositive();
    assertThat(map.chunks())
        .allSatisfy(chunk -> assertThat(chunk.liveBytes()).isEqualTo(chunk.liveBuffers() * 704L));
  }

  private void allocate(int buffers) {
    for (int i = 0; i < buffers; i++) {
      live.add(allocator.directBuffer(700));
    }
  }

  /** It is drawn in pieces: what the loop is there for comes in between. */
  @Test
  void map_ofVeryMany_doesNotKeepTheLoopFromOtherTasks() throws Exception {
    CompletableFuture<ArenaMap> answer = new CompletableFuture<>();
    CompletableFuture<Boolean> wasDrawnBefore = new CompletableFuture<>();
    loop.run(
        () -> {
          allocate(10 * ArenaMapper.STEPS_OF_PIECE);
          String self = Thread.currentThread().getName();
          assertThat(allocator.metric().askForMap(self, answer::complete)).isTrue();
          // From here, so that it is next in the queue after the first piece.
          loop.loop().execute(() -> wasDrawnBefore.complete(answer.isDone()));
        });
    assertThat(wasDrawnBefore.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(answer.get(10, TimeUnit.SECONDS).isComplete()).isTrue();
  }

  /** Counts steps, not time. */
  @Test
  void piece_ofALargeArenaInUse_isBounded() throws Exception {
    loop.run(
        () -> {
          allocate(20 * ArenaMapper.STEPS_OF_PIECE);
          for (int i = 0; i < live.size() / 2; i++) {
            live.remove(live.size() - 1 - i).release(); // holes, and buffers that are kept
          }
          BufferArena arena = ((LiteByteBuf) TestAllocators.innermost(live.get(0))).arena();
          ArenaMapper mapper = new ArenaMapper(arena);
          List<ByteBuf> before = List.copyOf(live);
          int pieces = 0;
          boolean isOver = false;
          for (; !isOver; pieces++) {
            isOver = !mapper.piece();
            assertThat(mapper.stepsOfPiece())
                .isPositive()
                .isLessThanOrEqualTo(ArenaMapper.STEPS_OF_PIECE + ArenaMapper.MAX_KEPT);
            live.add(allocator.directBuffer(700));
            live.remove(0).release();
          }
          assertThat(pieces).isBetween(20, 40);
          // What has changed is a buffer more and one less for each piece.
          long changed = 2L * pieces;
          for (ArenaMap.Chunk chunk : mapper.map().chunks()) {
            assertThat(mapper.seenBytes().get(chunk.slot()))
                .isBetween(1L, chunk.bytes() + changed * 704);
            assertThat((long) chunk.liveBuffers())
                .isCloseTo(countIn(chunk.slot(), before), within(changed));
          }
        });
  }

  private static long countIn(int slot, List<ByteBuf> buffers) {
    return buffers.stream()
        .map(buffer -> (LiteByteBuf) TestAllocators.innermost(buffer))
        .filter(buffer -> buffer.refCnt() > 0 && Blocks.chunk(buffer.block()) == slot)
        .count();
  }

  private static ArenaMap draw(ArenaMapper mapper) {
    while (mapper.piece()) {
      // nothing in between
    }
    return mapper.map();
  }

  private BufferArena arena() {
    return ((LiteByteBuf) TestAllocators.innermost(live.get(0))).arena();
  }

  /** Those who look for a leak need what is live, and it comes last. */
  @Test
  void map_moreIsFreeThanIsLookedAt_showsAllThatIsLive() throws Exception {
    loop.run(
        () -> {
          allocate(4 * ArenaMapper.STEPS_OF_PIECE);
          for (int i = live.size() - 1; i > 0; i -= 2) {
            live.remove(i).release();
          }
          arena().pool().flush();
          ArenaMap map = draw(new ArenaMapper(arena(), new ArenaMapper.Limits(1, 10, 1_000)));
          assertThat(map.isComplete()).isFalse();
          assertThat(map.chunks()).isNotEmpty();
          for (ArenaMap.Chunk chunk : map.chunks()) {
            assertThat((long) chunk.liveBuffers()).isEqualTo(countIn(chunk.slot(), live));
          }
        });
  }

  @Test
  void map_moreIsLiveThanIsLookedAt_isNotComplete() throws Exception {
    loop.run(
        () -> {
          allocate(4 * ArenaMapper.STEPS_OF_PIECE);
          ArenaMap map = draw(new ArenaMapper(arena(), new ArenaMapper.Limits(1_000, 10, 1)));
          assertThat(map.isComplete()).isFalse();
          assertThat(map.chunks()).isNotEmpty();
        });
  }

  @Test
  void map_asManyAreKeptAsAreLookedAt_isComplete() throws Exception {
    loop.run(
        () -> {
          allocate(1);
          List<ByteBuf> kept = new ArrayList<>();
          for (int i = 0; i < 3; i++) {
            kept.add(allocator.directBuffer(3_000));
          }
          kept.forEach(ByteBuf::release);
          for (int most = 2; most <= 4; most++) {
            ArenaMapper.Limits limits = new ArenaMapper.Limits(1_000, most, 1_000);
            assertThat(draw(new ArenaMapper(arena(), limits)).isComplete()).isEqualTo(most >= 3);
          }
        });
  }

  @Test
  void askForMap_arenaIsClosedBeforeTheLoopComesToIt_answersThatThereIsNone() throws Exception {
    CompletableFuture<ArenaMap> answer = new CompletableFuture<>();
    loop.run(
        () -> {
          allocator.directBuffer(100).release();
          String self = Thread.currentThread().getName();
          assertThat(allocator.metric().askForMap(self, answer::complete)).isTrue();
          FastThreadLocal.removeAll(); // closes the arena of the thread
        });
    assertThat(answer.get(10, TimeUnit.SECONDS)).isNull();
  }

  @Test
  void askForMap_nobodyOfThatName_isRefused() {
    assertThat(allocator.metric().askForMap("nobody", map -> {})).isFalse();
  }
}
