package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/** Reads the history of buffers from a file of Flight Recorder. */
final class FlightFile {

  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int CHUNK_HEADER_BYTES = 68;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /**
   * Event loops of Netty and of what is built on it, by the names that their threads have: those of
   * Netty's thread factory end with two numbers.
   */
  static final Pattern LOOPS =
      Pattern.compile(
          "(?i).*(event-?loop|-(nio|epoll|kqueue|io_?uring|elg)-).*|(?!.*executor).*-\\d+-\\d+");

  private static final Map<String, Traffic.Kind> KINDS =
      Map.of(
          BufferEvents.ALLOCATE, Traffic.Kind.ALLOCATE,
          BufferEvents.REALLOCATE, Traffic.Kind.RESIZE,
          BufferEvents.FREE, Traffic.Kind.RELEASE);

  private final Map<Long, Integer> threads = new LinkedHashMap<>();
  private final List<Boolean> loops = new ArrayList<>();
  private final List<Pairing.Seen> events = new ArrayList<>();
  private final List<ChunkFigures.Seen> chunks = new ArrayList<>();
  private long heapBuffers;

  private final Pattern loopNames;

  private FlightFile(Pattern loopNames) {
    this.loopNames = loopNames;
  }

  /** Says whether a file begins as those of Flight Recorder do. */
  static boolean isOne(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      return in.length() >= Integer.BYTES && in.readInt() == MAGIC;
    }
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @param loopNames what the names of event loops look like
   * @throws CommandFailure if it is not complete, or has no event of a buffer
   */
  static Traffic read(Path file, Pattern loopNames) {
    try {
      checkChunks(file);
      FlightFile reader = new FlightFile(loopNames);
      reader.readEvents(file);
      return reader.traffic(file);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + file, e);
    }
  }

  /** A recording is chunks, one behind the other; each says how long it is. */
  private static void checkChunks(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long length = in.length();
      long position = 0;
      while (position < length) {
        in.seek(position);
        if (length - position < CHUNK_HEADER_BYTES) {
          throw new CommandFailure(file + ", byte " + length + ": the file ends in a header", null);
        }
        if (in.readInt() != MAGIC) {
          throw new CommandFailure(
              file + ", byte " + position + ": no chunk of Flight Recorder begins here", null);
        }
        in.readInt(); // the version
        long bytes = in.readLong();
        if (bytes < CHUNK_HEADER_BYTES || bytes > length - position) {
          throw new CommandFailure(
              file
                  + ", byte "
                  + length
                  + ": the file ends here, but a chunk of "
                  + bytes
                  + " bytes begins at "
                  + position,
              null);
        }
        position += bytes;
      }
    }
  }

  private void readEvents(Path file) throws IOException {
    try (RecordingFile recording = new RecordingFile(file)) {
      long first = Long.MIN_VALUE;
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        Traffic.Kind kind = KINDS.get(event.getEventType().getName());
        if (kind == null) {
          addChunk(event);
          continue;
        }
        if (!event.getBoolean("direct")) {
          heapBuffers += kind == Traffic.Kind.ALLOCATE ? 1 : 0;
          continue;
        }
        long nanos = nanos(event);
        if (first == Long.MIN_VALUE) {
          first = nanos;
        }
        events.add(
            new Pairing.Seen(
                kind,
                nanos - first,
                threadOf(event),
                allocatorOf(event),
                event.getLong("address"),
                event.getInt("size"),
                event.getInt("maxFastCapacity"),
                kind == Traffic.Kind.RESIZE ? event.getInt("newCapacity") : 0));
      }
    }
  }

  private static long nanos(RecordedEvent event) {
    Instant time = event.getStartTime();
    return time.getEpochSecond() * NANOS_PER_SECOND + time.getNano();
  }

  private static String allocatorOf(RecordedEvent event) {
    RecordedClass allocator = event.getClass("allocatorType");
    return allocator == null ? "" : allocator.getName();
  }

  /** Keeps an event, if it is one of a direct chunk. */
  private void addChunk(RecordedEvent event) {
    switch (event.getEventType().getName()) {
      case BufferEvents.ALLOCATE_CHUNK, BufferEvents.FREE_CHUNK -> {
        if (event.getBoolean("direct")) {
          boolean isAllocated = event.getEventType().getName().equals(BufferEvents.ALLOCATE_CHUNK);
          chunks.add(
              new ChunkFigures.Seen(
                  isAllocated,
                  nanos(event),
                  ChunkFigures.Owner.of(allocatorOf(event)),
                  event.getLong("address"),
                  event.getInt("capacity")));
        }
      }
      case BufferEvents.RESERVE_OUR_CHUNK, BufferEvents.RELEASE_OUR_CHUNK -> {
        boolean isReserved = event.getEventType().getName().equals(BufferEvents.RESERVE_OUR_CHUNK);
        chunks.add(
            new ChunkFigures.Seen(
                isReserved,
                nanos(event),
                ChunkFigures.Owner.LITE,
                event.getLong("address"),
                event.getLong("bytes")));
      }
      default -> {
        // Nothing of ours.
      }
    }
  }

  private int threadOf(RecordedEvent event) {
    RecordedThread thread = event.getThread();
    long id = thread == null ? -1 : thread.getJavaThreadId();
    return threads.computeIfAbsent(
        id,
        any -> {
          String name = thread == null ? null : thread.getJavaName();
          loops.add(name != null && loopNames.matcher(name).matches());
          return threads.size();
        });
  }

  private Traffic traffic(Path file) {
    if (events.isEmpty()) {
      throw new CommandFailure(
          file
              + ": no event of a direct buffer"
              + (heapBuffers > 0 ? ", but " + heapBuffers + " buffers on the heap" : "")
              + " (expected: "
              + BufferEvents.WHO_HAS_THEM
              + ')',
          null);
    }
    // Each thread writes its own, in the order of time; the file has them thread by thread.
    events.sort(Comparator.comparingLong(Pairing.Seen::nanos));
    chunks.sort(Comparator.comparingLong(ChunkFigures.Seen::nanos));
    long start = events.get(0).nanos();
    Traffic.Builder traffic = new Traffic.Builder();
    Map<String, List<Pairing.Seen>> byAllocator = new HashMap<>();
    for (Pairing.Seen seen : events) {
      byAllocator.computeIfAbsent(seen.allocator(), any -> new ArrayList<>()).add(seen);
    }
    Map<String, Pairing> pairings = new HashMap<>();
    byAllocator.forEach(
        (allocator, seen) ->
            pairings.put(allocator, new Pairing(Pairing.needsSizes(seen), traffic)));
    for (Pairing.Seen seen : events) {
      Objects.requireNonNull(pairings.get(seen.allocator())).add(seen.since(start));
    }
    boolean[] isLoop = new boolean[loops.size()];
    for (int thread = 0; thread < isLoop.length; thread++) {
      isLoop[thread] = loops.get(thread);
    }
    return traffic.build(
        isLoop,
        new Traffic.Losses(
            heapBuffers,
            pairings.values().stream().mapToLong(Pairing::bornBefore).sum(),
            pairings.values().stream().mapToLong(Pairing::releasesMissed).sum(),
            pairings.values().stream().mapToLong(Pairing::pairedBySize).sum(),
            pairings.values().stream().mapToLong(Pairing::withoutAddress).sum()),
        ChunkFigures.of(chunks));
  }
}
