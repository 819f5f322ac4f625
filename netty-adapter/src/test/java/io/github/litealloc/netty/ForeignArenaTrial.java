package io.github.litealloc.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.Arena;
import io.github.litealloc.BlockCache;
import io.github.litealloc.Blocks;
import io.github.litealloc.Forgetting;
import io.github.litealloc.Hardening;
import io.github.litealloc.RemoteFree;
import io.github.litealloc.memory.ChunkStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An arena by itself. */
final class ForeignArenaTrial extends ForeignTrial {

  private static final int HUGE_BYTES = (1 << 20) + 1; // for the test's strategy
  private static final int MAX_BLOCKS = 100;
  private static final int SPARE_BYTES = 500;

  private final boolean isHardened;
  private final Map<Long, Integer> live = new LinkedHashMap<>();
  private final Map<Long, Integer> pending = new LinkedHashMap<>(); // handed over, and not free
  private long spare = Blocks.NO_BLOCK; // for what calls back
  private @Nullable ChunkStore store;
  private @Nullable Arena arena;
  private @Nullable Arena peer;

  ForeignArenaTrial(ForeignCode code, boolean fillsLog, boolean isHardened) {
    super(code, fillsLog);
    this.isHardened = isHardened;
  }

  private ChunkStore newStore() {
    return ChunkStore.builder()
        .source(code.source())
        .budget(budget)
        .decayMillis(TimeUnit.MINUTES.toMillis(1))
        .refusalPauseMillis(0)
        .build();
  }

  private Arena newArena(ChunkStore from) {
    Hardening hardening =
        isHardened
            ? Hardening.debugBuilder()
                .quarantine(0, 0)
                .onViolation(violation -> code.at(ForeignPoint.VIOLATION_LISTENER))
                .build()
            : Hardening.off();
    return Arena.builder()
        .strategy(code.strategies())
        .store(from)
        .checked(isHardened)
        .hardening(hardening)
        .onGrowth(listener(ForeignPoint.GROWTH_LISTENER))
        .onWanted(listener(ForeignPoint.WANTED_LISTENER))
        .build();
  }

  private Arena newPeer(ChunkStore from) {
    return Arena.builder()
        .store(from)
        .checked(false)
        .onWanted(listener(ForeignPoint.WANTED_LISTENER))
        .build();
  }

  @Override
  void use() throws Exception {
    ChunkStore made = attempt(this::newStore);
    store = made;
    if (made == null) {
      return;
    }
    attemptTo(() -> arena = newArena(made));
    attemptTo(() -> peer = newPeer(made));
    attemptTo(() -> peerIsPinned(peer));
    attemptTo(() -> peerKeepsSomething(peer));
    if (arena != null) {
      use(arena);
    }
    Arena crowded = attempt(() -> Arena.builder().store(made).floorBytes(BUDGET_BYTES).build());
    if (crowded != null) {
      attemptTo(crowded::close);
    }
  }

  private static void peerKeepsSomething(@Nullable Arena peer) {
    if (peer != null) {
      long block = peer.allocate(200_000);
      long other = peer.allocate(100_000);
      if (block != Blocks.NO_BLOCK) {
        peer.free(block, 200_000);
      }
      if (other != Blocks.NO_BLOCK) {
        peer.free(other, 100_000);
      }
    }
  }

  private static void peerIsPinned(@Nullable Arena peer) {
    long survivor = peer == null ? Blocks.NO_BLOCK : peer.allocate(100);
    if (survivor != Blocks.NO_BLOCK) {
      try {
        peer.trim(); // the pages around it go
      } finally {
        peer.free(survivor, 100);
      }
    }
  }

  private void use(Arena arena) throws Exception {
    attemptTo(() -> blockCache(arena));
    attemptTo(() -> spare = arena.allocate(SPARE_BYTES));
    attemptTo(arena::trim); // which looks for pages around it
    long small = allocate(arena, 100);
    long moving = allocate(arena, 9_000);
    allocate(arena, HUGE_BYTES);
    reallocate(arena, small, 200);
    reallocate(arena, moving, 300_000);
    attemptTo(() -> live.forEach(arena::sizeOf));
    overrun(arena, allocate(arena, 100));
    attemptTo(arena::verify);
    attemptTo(arena::fragmentation);
    attemptTo(() -> Forgetting.forgetFree(arena, spare));
    releaseElsewhere(arena, allocate(arena, 100));
    releaseElsewhere(arena, allocate(arena, 100));
    attemptTo(() -> arena.waitingRemoteFrees(10));
    attemptTo(arena::drainRemoteFrees);
    freeOne(arena);
    attemptTo(() -> arena.tick(System.nanoTime()));
    attemptTo(() -> arena.tick(System.nanoTime() + TimeUnit.MINUTES.toNanos(2)));
    code.refuse(true);
    allocate(arena, 600_000);
    code.refuse(false);
    for (int i = 0; i < MAX_BLOCKS && allocate(arena, 200_000) != Blocks.NO_BLOCK; i++) {
      continue; // until the budget is used up, or the arena fails
    }
    freeOne(arena);
    attemptTo(arena::trim);
    attemptTo(
        () -> {
          arena.reset();
          forgetAll();
        });
    allocate(arena, 100);
    releaseElsewhere(arena, allocate(arena, 100));
    releaseElsewhere(arena, allocate(arena, 100));
    freeOne(arena);
    attemptTo(arena::close);
    freeOne(arena);
  }

  private void forgetAll() {
    live.clear();
    pending.clear();
    spare = Blocks.NO_BLOCK;
  }

  private void blockCache(Arena arena) {
    BlockCache cache = arena.blockCache(() -> code.at(ForeignPoint.CACHE_FLUSHER));
    cache.blockBytes(100);
  }

  private long allocate(Arena arena, int bytes) {
    Long block = attempt(() -> arena.allocate(bytes));
    if (block == null || block == Blocks.NO_BLOCK) {
      return Blocks.NO_BLOCK;
    }
    keep(block, bytes);
    return block;
  }

  private void reallocate(Arena arena, long block, int bytes) {
    if (block == Blocks.NO_BLOCK) {
      return;
    }
    Long moved = attempt(() -> arena.reallocate(block, live.get(block), bytes));
    if (moved != null && moved != Blocks.NO_BLOCK) {
      live.remove(block);
      live.put(moved, bytes);
    }
  }

  /** Writes beyond its end, and frees it: a hardened arena tells of it. */
  private void overrun(Arena arena, long block) {
    if (block != Blocks.NO_BLOCK && isHardened) {
      int bytes = live.get(block);
      arena.buffer(block).put(Blocks.offset(block) + bytes, (byte) 1);
      free(arena, block);
    }
  }

  private void freeOne(Arena arena) {
    if (!live.isEmpty()) {
      free(arena, live.keySet().iterator().next());
    }
  }

  /** What it throws, it throws when the caller has done its part. */
  private void free(Arena arena, long block) {
    int bytes = live.remove(block);
    attemptTo(() -> arena.free(block, bytes));
  }

  private void releaseElsewhere(Arena arena, long block) throws InterruptedException {
    if (block != Blocks.NO_BLOCK) {
      int bytes = live.remove(block);
      pending.put(block, bytes);
      RemoteFree released =
          code.released(
              () -> {
                if (pending.remove(block) != null) { // first: what it throws, it throws when free
                  arena.free(block, bytes);
                }
              });
      elsewhere(() -> arena.remoteFree(released));
    }
  }

  @Override
  void requireAllInOrder() {
    ChunkStore made = store == null ? newStore() : store;
    Arena used = arena == null ? newArena(made) : arena;
    if (!used.isClosed()) {
      used.drainRemoteFrees();
    } else {
      used.close(); // what it did not come to
    }
    if (spare != Blocks.NO_BLOCK) {
      live.put(spare, SPARE_BYTES);
    }
    live.putAll(pending); // what has failed before it did its part
    live.forEach(used::free);
    assertThat(used.statistics().liveBlocks()).as("live").isZero();
    if (!used.isClosed()) {
      if (used.isSuspect()) {
        used.reset();
      }
      requireAllocates(used);
      used.close();
    }
    Arena next = newArena(made);
    requireAllocates(next);
    next.close();
    if (peer != null) {
      peer.close();
    }
    made.trim();
    requireNothingLeft();
  }

  // ---- what code of others asks for in the middle ----

  enum Callback {
    ALLOCATE,
    ALLOCATE_MUCH,
    FREE,
    REALLOCATE,
    TRIM,
    TICK,
    DRAIN,
    RESET,
    CLOSE
  }

  /** What it throws reaches whoever asks, who lets it out, as careless code does. */
  void callBack(Callback what) {
    Arena asked = arena;
    boolean isUsable = asked != null && !asked.isClosed();
    if (!isUsable || Thread.currentThread() != asked.owner()) {
      return; // that it is wrong there, everybody knows
    }
    switch (what) {
      case ALLOCATE -> keep(asked.allocate(100), 100);
      case ALLOCATE_MUCH -> keep(asked.allocate(HUGE_BYTES), HUGE_BYTES);
      case FREE -> {
        if (spare != Blocks.NO_BLOCK) {
          long block = spare;
          spare = Blocks.NO_BLOCK;
          asked.free(block, SPARE_BYTES);
        }
      }
      case REALLOCATE -> {
        if (spare != Blocks.NO_BLOCK) {
          long moved = asked.reallocate(spare, SPARE_BYTES, 70_000);
          if (moved != Blocks.NO_BLOCK) {
            spare = Blocks.NO_BLOCK;
            keep(moved, 70_000);
          }
        }
      }
      case TRIM -> asked.trim();
      case TICK -> asked.tick(System.nanoTime());
      case DRAIN -> asked.drainRemoteFrees();
      case RESET -> {
        asked.reset();
        forgetAll();
      }
      case CLOSE -> asked.close();
    }
  }

  private void keep(long block, int bytes) {
    if (block != Blocks.NO_BLOCK) {
      assertThat(live).as("blocks that are out").doesNotContainKey(block);
      live.put(block, bytes);
    }
  }

  @Override
  boolean mayFollow(Throwable failure) {
    return isRefusal(failure);
  }

  private static void requireAllocates(Arena arena) {
    long block = arena.allocate(100);
    assertThat(block).as("the next block").isNotEqualTo(Blocks.NO_BLOCK);
    arena.free(block, 100);
  }
}
