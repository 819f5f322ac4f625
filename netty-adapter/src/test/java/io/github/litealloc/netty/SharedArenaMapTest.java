package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.FaultyStrategy;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Maps of arenas that threads share: drawn under their lock, and never for long. */
final class SharedArenaMapTest {

  private LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("mapped").build();
  private final List<ByteBuf> live = new ArrayList<>();

  @AfterEach
  void close() {
    live.forEach(ByteBuf::release);
    allocator.close();
  }

  /** Of the first arena, which is all there is while threads do not meet. */
  private SharedArena shared() {
    return ((LiteByteBuf) TestAllocators.innermost(live.get(0))).arena().shared();
  }

  private String name() {
    return shared().arena().owner().name();
  }

  private @Nullable ArenaMap map(Consumer<@Nullable ArenaMap> also) throws Exception {
    CompletableFuture<@Nullable ArenaMap> answer = new CompletableFuture<>();
    Consumer<@Nullable ArenaMap> both =
        map -> {
          try {
            also.accept(map);
            answer.complete(map);
          } catch (Throwable e) {
            answer.completeExceptionally(e);
          }
        };
    assertThat(allocator.metric().askForMap(name(), both)).isTrue();
    return answer.get(10, TimeUnit.SECONDS);
  }

  private ArenaMap map() throws Exception {
    ArenaMap map = map(ignored -> {});
    assertThat(map).isNotNull();
    return map;
  }

  private void allocate(int buffers, int bytes) {
    for (int i = 0; i < buffers; i++) {
      live.add(allocator.directBuffer(bytes));
    }
  }

  @Test
  void map_ofASharedArena_showsWhatLivesThereAndWhoHoldsIt() throws Exception {
    allocator.sampling(1);
    allocate(1, 30_000);
    ArenaMap map = map();
    assertThat(map.eventLoop()).isEqualTo(name()).startsWith("striped");
    assertThat(map.isComplete()).isTrue();
    assertThat(map.tookNanos()).isPositive();
    ArenaMap.Chunk chunk = map.chunks().get(0);
    assertThat(chunk.liveBuffers()).isEqualTo(1);
    assertThat(chunk.cells()).contains(String.valueOf(ArenaMap.Cell.LIVE.symbol()));
    ArenaMap.Straggler straggler = chunk.oldest().get(0);
    assertThat(straggler.capacityBytes()).isEqualTo(30_000);
    assertThat(straggler.allocationStack()).isNotEmpty();
  }

  /** Whoever gets the map may use the arena: were the lock still held, it would be refused. */
  @Test
  void answer_comesWithoutTheLock() throws Exception {
    allocate(100, 1_000);
    SharedArena shared = shared();
    AtomicBoolean wasLocked = new AtomicBoolean(true);
    AtomicReference<ByteBuf> allocated = new AtomicReference<>();
    map(
        map -> {
          wasLocked.set(shared.isLockedByCaller());
          allocated.set(allocator.directBuffer(1_000));
        });
    live.add(allocated.get());
    assertThat(wasLocked).isFalse();
    assertThat(((LiteByteBuf) TestAllocators.innermost(allocated.get())).arena().shared())
        .isSameAs(shared);
  }

  /** Counts steps under the lock, not time; each piece lets it go, and the arena is used. */
  @Test
  void piece_ofALargeArena_holdsTheLockForABoundedAmountOfWork() {
    allocate(20 * ArenaMapper.STEPS_OF_PIECE, 500);
    for (int i = live.size() - 1; i > 0; i -= 2) {
      live.remove(i).release();
    }
    SharedArena shared = shared();
    ArenaMapper mapper = new ArenaMapper(shared.arena());
    boolean[] hasMore = {true};
    int pieces = 0;
    for (; hasMore[0]; pieces++) {
      assertThat(shared.whileLocked(() -> hasMore[0] = mapper.piece())).isEqualTo(hasMore[0]);
      assertThat(shared.isLocked()).isFalse();
      assertThat(mapper.stepsOfPiece())
          .isBetween(1, ArenaMapper.STEPS_OF_PIECE + ArenaMapper.MAX_KEPT);
      allocate(1, 500);
      live.remove(0).release();
    }
    assertThat(pieces).isBetween(20, 60); // those of 40,000 numbers, and of 20,000 free blocks
    assertThat(mapper.map().isComplete()).isTrue();
  }

  @Test
  void map_whileTheArenaIsUsed_comesAndHarmsNothing() throws Exception {
    allocate(10 * ArenaMapper.STEPS_OF_PIECE, 300);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread user =
        new Thread(
            () -> {
              while (!isOver.get()) {
                ByteBuf buffer = allocator.directBuffer(300).writeInt(42);
                assertThat(buffer.getInt(0)).isEqualTo(42);
                buffer.capacity(5_000);
                buffer.release();
              }
            });
    AtomicReference<Throwable> failure = new AtomicReference<>();
    user.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
    user.start();
    for (int i = 0; i < 5; i++) {
      assertThat(map().chunks()).isNotEmpty();
    }
    isOver.set(true);
    user.join();
    assertThat(failure.get()).isNull();
  }

  /** As between two stores of a move, which needs no lock: the block of now, the size of before. */
  @Test
  void map_ofABufferThatIsJustMoving_leavesItOutAndSaysSo() throws Exception {
    allocate(3, 1_000);
    LiteByteBuf moving = (LiteByteBuf) TestAllocators.innermost(live.get(1));
    moving.hold();
    moving.blockBytes = 30_000;
    ArenaMap map = map();
    moving.blockBytes = 1_000;
    moving.letGo();
    assertThat(map.isComplete()).isFalse();
    assertThat(map.chunks().get(0).liveBuffers()).isEqualTo(2);
    assertThat(map.chunks().get(0).liveBytes()).isLessThan(3_000);
    assertThat(map().isComplete()).isTrue();
  }

  /** Whoever asks while a map is drawn gets that one; who comes later, another one. */
  @Test
  void begin_whileAMapIsDrawn_joins() throws Exception {
    allocate(10 * ArenaMapper.STEPS_OF_PIECE, 300);
    BufferArena arena = shared().arena();
    CompletableFuture<@Nullable ArenaMap> first = new CompletableFuture<>();
    CompletableFuture<@Nullable ArenaMap> second = new CompletableFuture<>();
    assertThat(
            MapDrawing.begin(
                arena,
                map -> {
                  first.complete(map);
                  throw new IllegalStateException("by the test");
                }))
        .isTrue();
    assertThat(MapDrawing.begin(arena, second::complete)).isTrue();
    assertThat(second.get(10, TimeUnit.SECONDS)).isNotNull().isSameAs(first.get());
    assertThat(map()).isNotSameAs(first.get());
  }

  @Test
  void map_arenaHasEndedBeforeItIsDrawn_answersThatThereIsNone() throws Exception {
    allocate(100, 300);
    BufferArena arena = shared().arena();
    allocator.strategy("free-list");
    assertThat(arena.isOpen()).isFalse();
    CompletableFuture<Boolean> wasNone = new CompletableFuture<>();
    assertThat(MapDrawing.begin(arena, map -> wasNone.complete(map == null))).isTrue();
    assertThat(wasNone.get(10, TimeUnit.SECONDS)).isTrue();
  }

  /** As for one that another thread is making larger just then. */
  @Test
  void map_ofABufferWhoseSizeCannotBeHad_showsTheOthers() throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    allocator.close();
    allocator = LiteByteBufAllocator.builder().name("faulty").strategy(factory).build();
    allocate(3, 1_000);
    AtomicBoolean hasFailed = new AtomicBoolean();
    factory.whenSized(
        () -> {
          if (!hasFailed.getAndSet(true)) {
            throw new IllegalArgumentException("by the test");
          }
        });
    ArenaMap map = map();
    factory.whenSized(() -> {});
    assertThat(map.isComplete()).isFalse();
    assertThat(map.chunks().get(0).liveBuffers()).isEqualTo(2);
  }

  @Test
  void map_strategyOfSomebodyElseFails_answersThatThereIsNoneAndLetsTheLockGo() throws Exception {
    FaultyStrategy.Factory factory = new FaultyStrategy.Factory(false);
    allocator.close();
    allocator = LiteByteBufAllocator.builder().name("faulty").strategy(factory).build();
    allocate(1, 1_000);
    assertThat(map().chunks()).hasSize(1);
    factory.whenLookedAt(
        () -> {
          throw new IllegalStateException("by the test");
        });
    assertThat(map(map -> {})).isNull();
    assertThat(shared().isLocked()).isFalse();
    factory.whenLookedAt(() -> {});
    allocate(1, 1_000);
    assertThat(map().chunks().get(0).liveBuffers()).isEqualTo(2);
  }
}
