package io.github.litealloc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    final int alignment;
    long pattern;
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

    LiveChunk(ByteBuffer buffer) {
      this.buffer = buffer;
    }
  }

  final TestMemorySource source;
  final MemoryBudget budget;
  final ChunkStore store;
  final Arena arena;
  final Strategy strategy;

  // What may be freed, in no order, and what lies where, remote frees on their way included.
  private final List<Live> live = new ArrayList<>();
  final Map<Integer, LiveChunk> chunks = new HashMap<>();
  private int pending;

  long allocations;
  long frees;
  long remoteFrees;
  long requested;
  long requestedTotal;
  long used;
  long peakRequested;
  long peakUsed;
  long peakReserved;
  long peakFree;
  long inPlace;
  long moved;
  long copied;
  long failures;
  long chunksTaken;
  long mostChunks;
  int highestSlot;

  private long reservedNow;
  private long nextPattern = 1;

  // The request that is being served, for what must hold when the arena grows.
  private int requestBytes;
  private int requestAlignment;

  /** How the arena of a model is configured. */
  record Setup(
      StrategyFactory strategy,
      boolean isChecked,
      long budgetBytes,
      long decayMillis,
      int addressRemainder) {

    static Setup of(StrategyFactory strategy) {
      return new Setup(strategy, true, Long.MAX_VALUE, ChunkStore.DEFAULT_DECAY_MILLIS, 0);
    }
  }

  ArenaModel(Setup setup) {
    this.source = new TestMemorySource(setup.addressRemainder());
    this.budget = MemoryBudget.of("model", setup.budgetBytes());
    this.store =
        ChunkStore.builder().source(source).budget(budget).decayMillis(setup.decayMillis()).build();
    Spy spy = new Spy(setup.strategy());
    this.arena =
        Arena.builder()
            .name("modelled")
            .strategy(spy)
            .store(store)
            .checked(setup.isChecked())
            .onGrowth(this::grew)
            .build();
    this.strategy = spy.created();
  }

  /** Lets the model see the strategy that the arena makes. */
  private static final class Spy implements StrategyFactory {
    private final StrategyFactory factory;
    private @Nullable Strategy created;

    Spy(StrategyFactory factory) {
      this.factory = factory;
    }

    @Override
    public String name() {
      return factory.name();
    }

    @Override
    public Strategy create(Chunks chunks) {
      Strategy strategy = factory.create(chunks);
      created = strategy;
      return strategy;
    }

    Strategy created() {
      if (created == null) {
        throw new AssertionError("the arena has made no strategy");
      }
      return created;
    }
  }

  /** What the arena must have reserved: all that was taken from the budget and is not idle. */
  long reserved() {
    return budget.reservedBytes() - store.idleBytes();
  }

  private void grew() {
    chunksTaken++;
    mostChunks = Math.max(mostChunks, arena.statistics().chunks());
    reservedNow = reserved();
    peakReserved = Math.max(peakReserved, reservedNow);
    peakFree = Math.max(peakFree, reservedNow - used);
    ArenaInvariants.checkGrowthWasNeeded(this, requestBytes, requestAlignment);
  }

  /** Returns the new block, or {@code null} if there was no memory. */
  @Nullable Live allocate(int bytes, int alignment) {
    reservedNow = reserved();
    requestBytes = bytes;
    requestAlignment = alignment;
    long refusals = budget.refusals();
    long block = arena.allocate(bytes, alignment);
    if (block == Blocks.NO_BLOCK) {
      failed(refusals);
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

  private void failed(long refusalsBefore) {
    failures++;
    if (budget.refusals() == refusalsBefore) {
      throw new AssertionError("the arena failed without having asked the budget");
    }
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

  private void displace(Live gone) {
    int slot = Blocks.chunk(gone.block);
    LiveChunk chunk = chunk(gone);
    chunk.blocks.remove(gone.offset());
    if (chunk.blocks.isEmpty()) {
      chunks.remove(slot);
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
    peakRequested = Math.max(peakRequested, requested);
  }

  private void usedChanged(long delta) {
    used += delta;
    peakUsed = Math.max(peakUsed, used);
    peakFree = Math.max(peakFree, reservedNow - used);
  }

  private void write(Live block) {
    block.pattern = nextPattern++ << 32;
    Patterns.write(chunk(block).buffer, block.offset(), block.bytes, block.pattern);
  }

  /** Demands that the block's contents are what was written. */
  void verify(Live block) {
    ByteBuffer buffer = arena.buffer(block.block);
    if (buffer != chunk(block).buffer) {
      throw new AssertionError("the chunk of " + block + " has changed");
    }
    Patterns.verify(buffer, block.offset(), block.bytes, block.pattern);
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
    reservedNow = reserved();
    requestBytes = newBytes;
    requestAlignment = block.alignment;
    long refusals = budget.refusals();
    long result = arena.reallocate(block.block, block.bytes, newBytes, block.alignment);
    if (result == Blocks.NO_BLOCK) {
      failed(refusals);
      verify(block);
      return false;
    }
    int oldBytes = block.bytes;
    int oldSize = block.size;
    int kept = Math.min(oldBytes, newBytes);
    long old = block.block;
    if (result == old) {
      displace(block);
      place(block, result, newBytes);
      usedChanged(block.size - oldSize);
      inPlace++;
    } else {
      Live copy = new Live(block.alignment);
      place(copy, result, newBytes); // while the old one is in the model: they must not overlap
      usedChanged(copy.size);
      displace(block);
      usedChanged(-oldSize);
      displace(copy);
      place(block, result, newBytes);
      moved++;
      copied += kept;
    }
    requestedChanged(newBytes - oldBytes);
    Patterns.verify(chunk(block).buffer, block.offset(), kept, block.pattern);
    write(block);
    return true;
  }

  /** Leaves a block in the arena's inbox; it stays where it is until the arena drains it. */
  boolean remoteFree(Live block) {
    unlist(block);
    boolean isFirst = pending == 0;
    pending++;
    if (arena.remoteFree(new Pending(block)) != isFirst) {
      throw new AssertionError("remoteFree answered wrongly whether others are waiting");
    }
    return isFirst;
  }

  /** A remote free on its way. */
  private final class Pending extends LinkedRelease {
    private final Live block;

    Pending(Live block) {
      this.block = block;
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

  /** The bytes of all chunks that have live blocks. */
  long pinned() {
    long pinned = 0;
    for (LiveChunk chunk : chunks.values()) {
      pinned += chunk.buffer.capacity();
    }
    return pinned;
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
