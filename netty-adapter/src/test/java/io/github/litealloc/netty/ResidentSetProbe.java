package io.github.litealloc.netty;

import io.github.litealloc.memory.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * Puts a load on an allocator, and prints by how much the process has grown meanwhile, as the
 * system sees it: over the level after a first such load, so that what is loaded for the first time
 * does not count. Arguments: the load, and its parameters.
 */
final class ResidentSetProbe {

  /** The largest growth of all rounds. */
  static final String GROWN = "grown by %d MiB%n";

  /** What was refused, and by whom. */
  static final String REFUSED = "refused %d of %d, by the collector %d, in the last half %d%n";

  /** What the books say at the end. */
  static final String RESERVED = "reserved %d MiB%n";

  /** What its callers still hold at the end. */
  static final String LIVE = "live %d KiB%n";

  static final int LOOPS = 4;

  private static final int LARGE_BYTES = 2_400_000;
  private static final int ROUNDS = Integer.getInteger("litealloc.test.rounds", 60);
  private static final int MAX_BUFFERS = 400_000;
  static final long DECAY_MILLIS = 500;
  private static final long SILENCE_MILLIS = DECAY_MILLIS + 3_000;
  private static final int MIB = 1 << 20;

  private final Random random = new Random(1);
  private final String[] arguments;
  private MultiThreadIoEventLoopGroup loops = newLoops();

  private long requests;
  private long refused;

  private ResidentSetProbe(String[] arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] args) throws Exception {
    ResidentSetProbe probe = new ResidentSetProbe(args);
    switch (args[0]) {
      case "budget" -> probe.fillABudget();
      case "burst" -> probe.burst();
      case "one-off" -> probe.oneOffs();
      case "survivors" -> probe.survivors();
      case "loops" -> probe.loopsThatComeAndGo();
      default -> throw new IllegalArgumentException(args[0]);
    }
    probe.loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
  }

  private static MultiThreadIoEventLoopGroup newLoops() {
    return new MultiThreadIoEventLoopGroup(LOOPS, LocalIoHandler.newFactory());
  }

  private int number(int argument) {
    return Integer.parseInt(arguments[argument]);
  }

  // ---- a budget, filled again and again, of which nothing is kept ----

  /** MiB of the budget; fixed or random sizes; how many times the demand; on the loop or off it. */
  private void fillABudget() throws Exception {
    long budget = (long) number(1) * MIB;
    boolean isRandom = arguments[2].equals("random");
    int times = number(3);
    boolean isOnLoop = arguments[4].equals("loop");
    LiteByteBufAllocator allocator =
        LiteByteBufAllocator.builder()
            .maxBytes(budget)
            .whenExhausted(ExhaustionPolicy.THROW)
            .offLoop(OffLoopPolicy.STRIPED)
            .decayMillis(0)
            .build();
    Callable<Long> load = () -> peakKiB(allocator, (int) (budget * 9 / 10), isRandom, times);
    long grown = isOnLoop ? loops.next().submit(load).get() : load.call();
    print(GROWN, grown >> 10);
    MemoryBudget books = allocator.metric().budget();
    print(REFUSED, refused, requests, books.collectorRefusals(), refusedInTheLastHalf);
    print(RESERVED, books.peakReservedBytes() / MIB);
  }

  private long refusedInTheLastHalf;

  private long peakKiB(LiteByteBufAllocator allocator, int bytes, boolean isRandom, int times)
      throws IOException {
    round(allocator, bytes, isRandom, times);
    long before = residentKiB();
    long peak = before;
    long refusedBefore = 0;
    for (int i = 0; i < ROUNDS; i++) {
      peak = Math.max(peak, round(allocator, bytes, isRandom, times));
      refusedBefore = i == ROUNDS / 2 ? refused : refusedBefore;
    }
    refusedInTheLastHalf = refused - refusedBefore;
    return peak - before;
  }

  /** Answers how large the process was when all was filled. */
  private long round(LiteByteBufAllocator allocator, long bytes, boolean isRandom, int times)
      throws IOException {
    List<ByteBuf> buffers = new ArrayList<>();
    for (long wanted = bytes * times; wanted >= LARGE_BYTES; ) {
      int size = isRandom ? 1 + random.nextInt(2 * LARGE_BYTES) : LARGE_BYTES;
      size = (int) Math.min(size, wanted);
      wanted -= size;
      requests++;
      try {
        buffers.add(allocator.directBuffer(size).writeZero(size));
      } catch (OutOfMemoryError e) {
        refused++;
      }
    }
    long resident = residentKiB();
    buffers.forEach(ByteBuf::release);
    return resident;
  }

  // ---- bursts ----

  private LiteByteBufAllocator allocator(String strategy) {
    return LiteByteBufAllocator.builder()
        .strategy(strategy)
        .maxBytes(512L * MIB)
        .decayMillis(DECAY_MILLIS)
        .build();
  }

  /** MiB of all loops; the size, or "mixed" up to 32 KiB; the strategy; how many bursts. */
  private void burst() throws Exception {
    LiteByteBufAllocator allocator = allocator(arguments[3]);
    burstAndSilence(allocator, 1);
    long before = residentKiB();
    long most = Long.MIN_VALUE;
    for (int i = 0; i < number(4); i++) {
      burstAndSilence(allocator, 1);
      most = Math.max(most, residentKiB() - before);
    }
    print(GROWN, most >> 10);
    print(RESERVED, allocator.metric().budget().reservedBytes() / MIB);
  }

  /** The same arguments; one buffer in a hundred lives on. */
  private void survivors() throws Exception {
    LiteByteBufAllocator allocator = allocator(arguments[3]);
    burstAndSilence(allocator, 1);
    long before = residentKiB();
    List<ByteBuf> live = burstAndSilence(allocator, 0.99);
    print(GROWN, (residentKiB() - before) >> 10);
    print(RESERVED, allocator.metric().budget().reservedBytes() / MIB);
    print(LIVE, live.stream().mapToLong(ByteBuf::capacity).sum() >> 10);
    live.forEach(ByteBuf::release);
  }

  /** The same arguments; the loops end with each burst, and others come. */
  private void loopsThatComeAndGo() throws Exception {
    LiteByteBufAllocator allocator = allocator(arguments[3]);
    long before = 0;
    long most = Long.MIN_VALUE;
    for (int i = 0; i <= number(4); i++) {
      burstAndSilence(allocator, 1);
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
      loops = newLoops();
      if (i == 0) {
        before = residentKiB();
      } else {
        most = Math.max(most, residentKiB() - before);
      }
    }
    print(GROWN, most >> 10);
    print(RESERVED, allocator.metric().budget().reservedBytes() / MIB);
  }

  /** MiB of each; how many. */
  private void oneOffs() throws Exception {
    LiteByteBufAllocator allocator = allocator("hybrid");
    long before = 0;
    long most = Long.MIN_VALUE;
    for (int i = 0; i <= number(2); i++) {
      int bytes = number(1) * MIB;
      loops.next().submit(() -> allocator.directBuffer(bytes).writeZero(bytes).release()).get();
      Thread.sleep(SILENCE_MILLIS);
      if (i == 0) {
        before = residentKiB();
      } else {
        most = Math.max(most, residentKiB() - before);
      }
    }
    print(GROWN, most >> 10);
    print(RESERVED, allocator.metric().budget().reservedBytes() / MIB);
  }

  /** Answers what lives on. */
  private List<ByteBuf> burstAndSilence(LiteByteBufAllocator allocator, double released)
      throws Exception {
    List<List<ByteBuf>> all = new ArrayList<>();
    List<Future<List<ByteBuf>>> fills = new ArrayList<>();
    for (EventExecutor loop : loops) {
      int seed = random.nextInt();
      fills.add(loop.submit(() -> fill(allocator, new Random(seed))));
    }
    for (Future<List<ByteBuf>> fill : fills) {
      all.add(fill.get());
    }
    List<ByteBuf> live = new ArrayList<>();
    int i = 0;
    for (EventExecutor loop : loops) {
      List<ByteBuf> buffers = all.get(i++);
      loop.submit(
              () -> {
                for (ByteBuf buffer : buffers) {
                  if (random.nextDouble() < released) {
                    buffer.release();
                  } else {
                    live.add(buffer);
                  }
                }
                buffers.clear();
              })
          .get();
    }
    Thread.sleep(SILENCE_MILLIS);
    return live;
  }

  private List<ByteBuf> fill(LiteByteBufAllocator allocator, Random sizes) {
    int fixed = arguments[2].equals("mixed") ? 0 : number(2);
    List<ByteBuf> buffers = new ArrayList<>();
    long left = (long) number(1) * MIB / LOOPS;
    while (left > 0 && buffers.size() < MAX_BUFFERS / LOOPS) {
      int bytes = fixed > 0 ? fixed : 1 + sizes.nextInt(32 << 10);
      buffers.add(allocator.directBuffer(bytes).writeZero(bytes));
      left -= bytes;
    }
    return buffers;
  }

  private static void print(String line, Object... values) {
    System.out.printf(Locale.ROOT, line, values);
  }

  static long residentKiB() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("no VmRSS in /proc/self/status");
  }
}
