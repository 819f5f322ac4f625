package io.github.litealloc.testing;

import io.github.litealloc.Arena;
import io.github.litealloc.BlockCache;
import io.github.litealloc.BlockShelf;
import io.github.litealloc.Blocks;
import io.github.litealloc.RemoteFree;
import io.github.litealloc.Strategies;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An arena, and beside it the plainest possible account of what it has been asked to do. Every
 * operation goes through here; {@link ArenaInvariants} compares the two.
 *
 * <p>The model knows nothing of strategies except what is public: it learns a block's place and
 * size from the arena, and then insists on them.
 */
final class ArenaModel {

  /** A block that the arena has handed out. */
  static final class Live {
    long block;
    int bytes;
    int size;
    boolean isCached;

    final int alignment;
    private long pattern;
    private int stride;
    private int index;

    private Live(int alignment) {
      this.alignment = alignment;
    }

    int offset() {
      return Blocks.offset(block);
    }

    long end() {
      return (long) offset() + size;
    }

    @Override
    public String toString() {
      return "block "
          + Blocks.chunk(block)
          + ':'
          + offset()
          + " of "
          + size
          + " bytes (requested: "
          + bytes
          + ", alignment: "
          + alignment
          + ')';
    }
  }

  /** The live blocks of one chunk, by offset. */
  static final class LiveChunk {
    final ByteBuffer buffer;
    final TreeMap<Integer, Live> blocks = new TreeMap<>();

    /** What the strategy was made to forget: from where to where. */
    final TreeMap<Integer, Integer> forgotten = new TreeMap<>();

    LiveChunk(ByteBuffer buffer) {
      this.buffer = buffer;
    }
  }

  /**
   * Contents above this size are written and verified in part, or there would be time for little
   * else.
   */
  private static final int SAMPLED_BYTES = 1024;

  private static final int SAMPLE_STRIDE_BYTES = 256;

  private static final int MIN_CACHE_BYTES = 16 * 1024;
  private static final int CACHE_SHARE = 16;
  private static final int LARGE_ARENA_BYTES = 1 << 20;
  private static final int MAX_LARGE_BYTES = 8 << 20;
  private static final int LARGE_CACHE_SHARE = 8;
  private static final int SMALL_OCCUPIED_BYTES = 192 * 1024;

  /** Of so many large blocks, one is written and verified to its last byte. */
  private static final int WHOLE_INTERVAL = 16;

  private final Setup setup;
  final TestMemorySource source;
  final MemoryBudget budget;
  final ChunkStore store;
  final Arena arena;
  final BlockCache cache;
  private final Map<Integer, BlockShelf> shelves = new HashMap<>();

  // Somebody else who uses the same budget, and may have taken all that is left of it.
  private final Arena rival;
  private long rivalBlock = Blocks.NO_BLOCK;
  private int rivalBytes;

  // What may be freed, in no order, and what lies where, remote frees on their way included, and
  // what is cached.
  private final List<Live> live = new ArrayList<>();
  private final List<Live> cached = new ArrayList<>();
  final Map<Integer, LiveChunk> chunks = new HashMap<>();
  private int pending;

  long allocations;
  long frees;
  long remoteFrees;
  long requested;
  long requestedTotal;
  long used;
  long cachedBytes;
  long peakUsed;
  long peakReserved;
  long inPlace;
  long shrunk;
  long moved;
  long copied;
  long failures;
  long chunksTaken;
  long mostChunks;
  long forgottenBytes;
  int highestSlot;

  private long reservedNow;
  private long nextPattern = 1;

  // The request that is being served, for what must hold when the arena grows.
  private int requestBytes;
  private int requestAlignment;
  private long refusalsBefore;

  /**
   * How the arena of a model is configured.
   *
   * @param forgetter has free memory forgotten, if that is to be tested
   * @param exactGranuleBytes what the strategy rounds sizes up to, if it promises to grow only when
   *     no gap between live blocks fits; 0 if it does not
   */
  record Setup(
      StrategyFactory strategy,
      boolean isChecked,
      long budgetBytes,
      long decayMillis,
      int addressRemainder,
      int exactGranuleBytes,
      @Nullable Forgetter forgetter) {}

  ArenaModel(Setup setup) {
    this.setup = setup;
    this.source = new TestMemorySource(setup.addressRemainder());
    this.budget = MemoryBudget.of("model", setup.budgetBytes());
    this.store =
        ChunkStore.builder()
            .source(source)
            .budget(budget)
            .decayMillis(setup.decayMillis())
            .refusalPauseMillis(0)
            .build();
    this.arena =
        Arena.builder()
            .name("modelled")
            .strategy(setup.strategy())
            .store(store)
            .checked(setup.isChecked())
            .onGrowth(this::grew)
            .build();
    this.cache = arena.blockCache(this::flushCache);
    ChunkStore rivalStore =
        ChunkStore.builder().source(new TestMemorySource()).budget(budget).decayMillis(0).build();
    this.rival =
        Arena.builder().name("rival").strategy(Strategies.BUMP_FREE_LIST).store(rivalStore).build();
  }

  /** What the arena must have reserved: all that was taken from the budget and is not idle. */
  long reserved() {
    return budget.reservedBytes() - store.idleBytes() - rival.statistics().reservedBytes();
  }

  /** Has the rival take what is left of the budget, but for less than one chunk. */
  void takeRestOfBudget() {
    returnRestOfBudget();
    long left = budget.maxBytes() - budget.reservedBytes();
    rivalBytes = (int) Math.min(left, Integer.MAX_VALUE) & -ChunkStore.CHUNK_UNIT_BYTES;
    if (rivalBytes > 0) {
      rivalBlock = rival.allocate(rivalBytes);
    }
  }

  /** Has the rival give back what it took. */
  void returnRestOfBudget() {
    if (rivalBlock != Blocks.NO_BLOCK) {
      rival.free(rivalBlock, rivalBytes);
      rival.trim();
      rivalBlock = Blocks.NO_BLOCK;
    }
  }

  private void grew() {
    chunksTaken++;
    mostChunks = Math.max(mostChunks, arena.statistics().chunks());
    reservedNow = reserved();
    peakReserved = Math.max(peakReserved, reservedNow);
    if (setup.exactGranuleBytes() > 0) {
      ArenaInvariants.checkGrowthWasNeeded(
          this, requestBytes, requestAlignment, setup.exactGranuleBytes());
    }
  }

  /** Returns the new block, or {@code null} if there was no memory. */
  @Nullable Live allocate(int bytes, int alignment) {
    expectRequest(bytes, alignment);
    long block;
    try {
      block = arena.allocate(bytes, alignment);
    } catch (TestMemorySource.Broken e) {
      broken();
      return null;
    }
    if (block == Blocks.NO_BLOCK) {
      failed();
      return null;
    }
    Live added = new Live(alignment);
    place(added, block, bytes);
    added.index = live.size();
    live.add(added);
    allocations++;
    requestedTotal += bytes;
    requestedChanged(bytes);
    usedChanged(added.size);
    write(added);
    return added;
  }

  private void expectRequest(int bytes, int alignment) {
    reservedNow = reserved();
    requestBytes = bytes;
    requestAlignment = alignment;
    refusalsBefore = budget.refusals() + source.requests();
  }

  private void failed() {
    failures++;
    if (budget.refusals() + source.requests() == refusalsBefore) {
      throw new AssertionError("the arena failed without having asked for memory");
    }
  }

  /** What the source throws goes to the caller; whether it counts as a failure is not promised. */
  private void broken() {
    long counted = arena.statistics().failures();
    if (counted < failures || counted > failures + 1) {
      throw new AssertionError(
          "failures: " + counted + " after an exception (expected: " + failures + " or one more)");
    }
    failures = counted;
    ArenaInvariants.checkAll(arena, this);
  }

  private void place(Live added, long block, int bytes) {
    added.block = block;
    added.bytes = bytes;
    highestSlot = Math.max(highestSlot, Blocks.chunk(block));
    added.size = arena.sizeOf(block, bytes);
    ByteBuffer buffer = arena.buffer(block);
    LiveChunk chunk = chunks.computeIfAbsent(Blocks.chunk(block), slot -> new LiveChunk(buffer));
    ArenaInvariants.checkPlace(chunk, buffer, added);
    chunk.blocks.put(added.offset(), added);
  }

  /** Takes a block out that is placed in the same chunk again. */
  private void lift(Live placed) {
    chunk(placed).blocks.remove(placed.offset());
  }

  private void displace(Live gone) {
    int slot = Blocks.chunk(gone.block);
    LiveChunk chunk = chunk(gone);
    chunk.blocks.remove(gone.offset());
    if (chunk.blocks.isEmpty()) {
      chunks.remove(slot);
      if (!chunk.forgotten.isEmpty()) {
        requireGone(slot, chunk.buffer);
      }
    }
  }

  /** What was forgotten in a chunk comes back with all of it, and with nothing less. */
  private void requireGone(int slot, ByteBuffer buffer) {
    boolean isHeld;
    try {
      isHeld = arena.buffer(Blocks.block(slot, 0)) == buffer;
    } catch (IllegalStateException e) {
      isHeld = false;
    }
    if (isHeld) {
      throw new AssertionError(
          "chunk " + slot + " is empty, partly forgotten, and held (expected: it went back)");
    }
  }

  /**
   * Has the strategy forget what is free in some of the chunks that have live blocks, and
   * overwrites it.
   */
  void forgetFree(IntPredicate which) {
    BitSet slots = new BitSet();
    chunks.keySet().stream().filter(which::test).forEach(slots::set);
    boolean canForget =
        setup
            .forgetter()
            .forget(
                arena,
                slots,
                (slot, offset, bytes) -> {
                  LiveChunk chunk = chunks.get(slot);
                  if (chunk == null || !slots.get(slot)) {
                    throw new AssertionError(
                        "chunk " + slot + " is told of without being asked for");
                  }
                  ArenaInvariants.checkForgotten(chunk, offset, bytes);
                  chunk.forgotten.put(offset, offset + bytes);
                  forgottenBytes += bytes;
                  Patterns.write(chunk.buffer, offset, bytes, offset); // as if the pages were gone
                });
    if (!canForget) {
      throw new AssertionError("the strategy does not forget");
    }
  }

  LiveChunk chunk(Live block) {
    LiveChunk chunk = chunks.get(Blocks.chunk(block.block));
    if (chunk == null) {
      throw new AssertionError("the model has no chunk for " + block);
    }
    return chunk;
  }

  private void requestedChanged(long delta) {
    requested += delta;
  }

  private void usedChanged(long delta) {
    used += delta;
    peakUsed = Math.max(peakUsed, used);
  }

  private void write(Live block) {
    boolean isWhole = block.bytes <= SAMPLED_BYTES || nextPattern % WHOLE_INTERVAL == 0;
    block.stride = isWhole ? 1 : SAMPLE_STRIDE_BYTES;
    block.pattern = nextPattern++ << 32;
    ByteBuffer buffer = chunk(block).buffer;
    if (isWhole) {
      Patterns.write(buffer, block.offset(), block.bytes, block.pattern);
    } else {
      Patterns.writeSample(buffer, block.offset(), block.bytes, block.pattern, block.stride);
    }
  }

  /** Demands that the block's contents are what was written. */
  void verify(Live block) {
    ByteBuffer buffer = arena.buffer(block.block);
    if (buffer != chunk(block).buffer) {
      throw new AssertionError("the chunk of " + block + " has changed");
    }
    verifyContents(buffer, block, block.bytes);
  }

  private static void verifyContents(ByteBuffer buffer, Live block, int bytes) {
    if (block.stride == 1) {
      Patterns.verify(buffer, block.offset(), bytes, block.pattern);
    } else {
      Patterns.verifySample(buffer, block.offset(), bytes, block.pattern, block.stride);
    }
  }

  /** Frees a block on the owner. */
  void free(Live block) {
    unlist(block);
    freeUnlisted(block);
  }

  private void freeUnlisted(Live block) {
    verify(block);
    reservedNow = reserved();
    arena.free(block.block, block.bytes);
    displace(block);
    frees++;
    requestedChanged(-block.bytes);
    usedChanged(-block.size);
    reservedNow = reserved();
  }

  private BlockShelf shelf(int blockBytes) {
    return shelves.computeIfAbsent(blockBytes, cache::newShelf);
  }

  /** Has the owner keep a block for a later request, or frees it if that is not allowed. */
  void cache(Live block) {
    int size = cache.blockBytes(block.bytes);
    boolean isUsual = size == block.size && Blocks.slackBytes(block.block) == 0;
    if (!isUsual || !cache.keep(shelf(size), 0, block.bytes)) {
      free(block);
      return;
    }
    unlist(block);
    verify(block);
    block.isCached = true;
    cached.add(block);
    cachedBytes += size;
    frees++;
    requestedChanged(-block.bytes);
    usedChanged(-size);
    long large = Math.min(Math.max(0, reserved() - LARGE_ARENA_BYTES), MAX_LARGE_BYTES);
    long share = MIN_CACHE_BYTES + reserved() / CACHE_SHARE + large / LARGE_CACHE_SHARE;
    if (cachedBytes > share && used + cachedBytes > SMALL_OCCUPIED_BYTES) {
      throw new AssertionError(cachedBytes + " bytes are cached of " + reserved() + " reserved");
    }
  }

  /** Uses the block that was cached last for a request that it fits. */
  void reuse(int smallerBy) {
    Live block = cached.remove(cached.size() - 1);
    verify(block);
    int bytes = Math.max(0, block.bytes - smallerBy);
    if (cache.blockBytes(bytes) != block.size) {
      bytes = block.bytes;
    }
    cache.reuse(shelf(block.size), BlockShelf.NONE, bytes);
    block.isCached = false;
    cachedBytes -= block.size;
    lift(block);
    place(block, block.block, bytes);
    block.index = live.size();
    live.add(block);
    allocations++;
    requestedTotal += bytes;
    requestedChanged(bytes);
    usedChanged(block.size);
    write(block);
  }

  private void flushCache() {
    for (Live block : cached) {
      verify(block);
      cache.free(block.block, block.size, block.bytes);
      displace(block);
    }
    cached.clear();
    cachedBytes = 0;
  }

  private void unlist(Live block) {
    Live last = live.remove(live.size() - 1);
    if (last != block) {
      live.set(block.index, last);
      last.index = block.index;
    }
  }

  /** Returns {@code false} if there was no memory; the block is then what it was. */
  boolean reallocate(Live block, int newBytes) {
    verify(block);
    expectRequest(newBytes, block.alignment);
    long result;
    try {
      result = arena.reallocate(block.block, block.bytes, newBytes, block.alignment);
    } catch (TestMemorySource.Broken e) {
      broken();
      return false;
    }
    if (result == Blocks.NO_BLOCK) {
      failed();
      verify(block);
      return false;
    }
    int oldBytes = block.bytes;
    int oldSize = block.size;
    int kept = Math.min(oldBytes, newBytes);
    long old = block.block;
    if (Blocks.withoutSlack(result) == Blocks.withoutSlack(old)) {
      lift(block);
      place(block, result, newBytes);
      usedChanged(block.size - oldSize);
      if (newBytes < oldBytes) {
        shrunk++;
      } else {
        inPlace++;
      }
    } else {
      Live copy = new Live(block.alignment);
      place(copy, result, newBytes); // while the old one is in the model: they must not overlap
      usedChanged(copy.size);
      displace(block);
      usedChanged(-oldSize);
      lift(copy);
      place(block, result, newBytes);
      moved++;
      copied += kept;
    }
    requestedChanged(newBytes - oldBytes);
    verifyContents(chunk(block).buffer, block, kept);
    write(block);
    return true;
  }

  /** Leaves a block in the arena's inbox; it stays where it is until the arena drains it. */
  void remoteFree(Live block) {
    unlist(block);
    boolean isFirst = pending == 0;
    pending++;
    if (arena.remoteFree(new Pending(block)) != isFirst) {
      throw new AssertionError("remoteFree answered wrongly whether others are waiting");
    }
  }

  /** Hands over a block of a closed arena, which frees it at once. */
  void remoteFreeAfterClose(Live block) {
    unlist(block);
    pending++;
    if (arena.remoteFree(new Pending(block)) || pending > 0) {
      throw new AssertionError("a closed arena has not freed " + block + " at once");
    }
  }

  /** A remote free on its way. */
  private final class Pending implements RemoteFree {
    private final Live block;
    private @Nullable RemoteFree next;

    Pending(Live block) {
      this.block = block;
    }

    @Override
    public @Nullable RemoteFree nextRemoteFree() {
      return next;
    }

    @Override
    public void setNextRemoteFree(@Nullable RemoteFree next) {
      this.next = next;
    }

    @Override
    public void freeOnOwner() {
      pending--;
      remoteFrees++;
      freeUnlisted(block);
    }
  }

  /** Leaves a block in the inbox without an object of the model's own, and drains it at once. */
  void remoteFreeAndDrain(Live block) {
    drain();
    unlist(block);
    verify(block);
    reservedNow = reserved();
    if (!arena.remoteFree(block.block, block.bytes)) {
      throw new AssertionError("nobody was waiting");
    }
    if (arena.drainRemoteFrees() != 1) {
      throw new AssertionError("exactly one remote free was waiting");
    }
    displace(block);
    frees++;
    remoteFrees++;
    requestedChanged(-block.bytes);
    usedChanged(-block.size);
  }

  void drain() {
    int expected = pending;
    int drained = arena.drainRemoteFrees();
    if (drained != expected || pending != 0) {
      throw new AssertionError(drained + " remote frees drained (expected: " + expected + ')');
    }
  }

  void trim() {
    long before = reserved();
    drain();
    long trimmed = arena.trim();
    long reserved = reserved();
    if (trimmed < 0 || trimmed > before - reserved) {
      throw new AssertionError(
          "trim gave " + trimmed + " bytes back (expected: at most " + (before - reserved) + ')');
    }
    if (reserved != pinned()) {
      throw new AssertionError(
          "reserved after trim: " + reserved + " (expected: " + pinned() + ", the pinned bytes)");
    }
  }

  void reset() {
    arena.reset();
    live.clear();
    chunks.clear();
    pending = 0;
    frees = allocations;
    requested = 0;
    used = 0;
  }

  /** Closes the arena, which frees what is in its inbox and keeps only chunks with live blocks. */
  void close() {
    arena.close();
    if (pending > 0) {
      throw new AssertionError(pending + " remote frees are left over after close");
    }
    if (reserved() != pinned()) {
      throw new AssertionError(
          "reserved after close: "
              + reserved()
              + " (expected: "
              + pinned()
              + ", the pinned bytes)");
    }
  }

  /** The bytes of all chunks that have live or cached blocks. */
  long pinned() {
    long pinned = 0;
    for (LiveChunk chunk : chunks.values()) {
      pinned += chunk.buffer.capacity();
    }
    return pinned;
  }

  int cachedCount() {
    return cached.size();
  }

  int liveCount() {
    return live.size();
  }

  Live live(int index) {
    return live.get(index);
  }

  /** All that occupy memory, remote frees on their way included. */
  long occupied() {
    return live.size() + (long) pending;
  }
}
