package io.github.litealloc.benchmarks.record;

import io.github.litealloc.benchmarks.CommandFailure;
import io.github.litealloc.benchmarks.OutputFile;
import java.io.BufferedInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@link Traffic} as a file of our own. */
public final class TrafficFile {
  /*
   *   8 bytes   "LITEALOC"
   *   1 byte    version: 1, or 2 if figures of chunks are in it
   *   the rest  zlib's format (RFC 1950), of:
   *     number    threads, then for each one byte: 1 for an event loop, 0 for another thread
   *     5 numbers losses, in the order of Traffic.Losses
   *     8 numbers of version 2: figures of chunks, in the order of ChunkFigures
   *     number    events, then for each:
   *       number    4 x nanoseconds since the event before + kind (0 allocate, 1 resize, 2 release)
   *       number    thread
   *       number    resize and release: 1 for the buffer allocated last, 2 for the one before, ...
   *       number    allocate and resize: bytes
   *     4 bytes   CRC-32 of all that is before it in here, big-endian
   *
   * A number is unsigned LEB128: seven bits a byte, the lowest first, the highest bit set in all bytes
   * but the last.
   */

  private static final byte[] MAGIC = {'L', 'I', 'T', 'E', 'A', 'L', 'O', 'C'};
  private static final int VERSION = 1;
  private static final int VERSION_WITH_CHUNKS = 2;
  private static final int KIND_BITS = 2;
  private static final int BYTE_BITS = 7;
  private static final int BYTE_MASK = 0x7f;
  private static final int MORE = 0x80;
  private static final int LONG_BITS = 64;
  private static final int MAX_THREADS = 1 << 20;
  private static final Traffic.Kind[] KINDS = Traffic.Kind.values();

  private TrafficFile() {}

  /**
   * Says whether a file is one of these, or begins like one.
   *
   * @param file any file
   * @return {@code false} also for an empty one
   * @throws IOException if it cannot be read
   */
  static boolean isOne(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] begin = in.readNBytes(MAGIC.length);
      return begin.length > 0 && startsAsMagic(begin);
    }
  }

  private static boolean startsAsMagic(byte[] begin) {
    for (int i = 0; i < begin.length; i++) {
      if (begin[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes a file, over what was there once all of it is written.
   *
   * @param file the file
   * @param traffic what to write
   * @throws CommandFailure if that fails
   */
  public static void write(Path file, Traffic traffic) {
    OutputFile.write(file, stream -> write(stream, traffic));
  }

  private static void write(OutputStream stream, Traffic traffic) throws IOException {
    stream.write(MAGIC);
    // What has none is as it always was, so that what is older reads it, too.
    stream.write(traffic.chunks().isPresent() ? VERSION_WITH_CHUNKS : VERSION);
    DeflaterOutputStream deflated = new DeflaterOutputStream(stream);
    CheckedOutputStream out = new CheckedOutputStream(deflated, new CRC32());
    writeNumber(out, traffic.threads());
    for (int thread = 0; thread < traffic.threads(); thread++) {
      out.write(traffic.isLoop(thread) ? 1 : 0);
    }
    Traffic.Losses losses = traffic.losses();
    writeNumber(out, losses.heapBuffers());
    writeNumber(out, losses.bornBefore());
    writeNumber(out, losses.releasesMissed());
    writeNumber(out, losses.pairedBySize());
    writeNumber(out, losses.withoutAddress());
    if (traffic.chunks().isPresent()) {
      write(out, traffic.chunks().get());
    }
    writeNumber(out, traffic.events());
    long before = 0;
    int buffers = 0;
    for (int event = 0; event < traffic.events(); event++) {
      Traffic.Kind kind = traffic.kind(event);
      writeNumber(out, (traffic.nanos(event) - before) << KIND_BITS | kind.ordinal());
      before = traffic.nanos(event);
      writeNumber(out, traffic.thread(event));
      if (kind == Traffic.Kind.ALLOCATE) {
        buffers++;
      } else {
        writeNumber(out, buffers - traffic.buffer(event));
      }
      if (kind != Traffic.Kind.RELEASE) {
        writeNumber(out, traffic.size(event));
      }
    }
    new DataOutputStream(deflated).writeInt((int) out.getChecksum().getValue());
    deflated.finish();
  }

  private static void write(OutputStream out, ChunkFigures chunks) throws IOException {
    writeNumber(out, chunks.allocators());
    writeNumber(out, chunks.allocated());
    writeNumber(out, chunks.allocatedBytes());
    writeNumber(out, chunks.freed());
    writeNumber(out, chunks.freedBytes());
    writeNumber(out, chunks.bornBefore());
    writeNumber(out, chunks.bornBeforeBytes());
    writeNumber(out, chunks.peakBytes());
  }

  private static void writeNumber(OutputStream out, long number) throws IOException {
    long rest = number;
    while ((rest & ~BYTE_MASK) != 0) {
      out.write((int) (rest & BYTE_MASK) | MORE);
      rest >>>= BYTE_BITS;
    }
    out.write((int) rest);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return what is in it
   * @throws CommandFailure if it is not complete and right; the message says where it is not
   */
  public static Traffic read(Path file) {
    try (InputStream in = Files.newInputStream(file, StandardOpenOption.READ)) {
      return read(in, file);
    } catch (IOException e) {
      throw CommandFailure.of("cannot read " + file, e);
    }
  }

  static Traffic read(InputStream in, Path file) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length);
    if (magic.length == 0) {
      throw new CommandFailure(file + ", byte 0: the file is empty", null);
    }
    if (!startsAsMagic(magic)) {
      throw new CommandFailure(
          file + ", byte 0: neither a recording of lite-alloc nor one of Flight Recorder", null);
    }
    int version = magic.length < MAGIC.length ? -1 : in.read();
    if (version < 0) {
      throw new CommandFailure(file + ", byte " + magic.length + ": the file ends here", null);
    }
    if (version != VERSION && version != VERSION_WITH_CHUNKS) {
      throw new CommandFailure(
          file
              + ", byte "
              + MAGIC.length
              + ": version "
              + version
              + " (expected: "
              + VERSION
              + " or "
              + VERSION_WITH_CHUNKS
              + ')',
          null);
    }
    return new Reader(file, in, version == VERSION_WITH_CHUNKS).read();
  }

  /** Reads what is behind the version, and knows where it is. */
  private static final class Reader {

    private final Path file;
    private final InputStream raw;
    private final Inflater inflater = new Inflater();
    private final CheckedInputStream in;
    private final boolean hasChunks;
    private int event = -1;

    Reader(Path file, InputStream raw, boolean hasChunks) {
      this.file = file;
      this.raw = raw;
      this.hasChunks = hasChunks;
      this.in =
          new CheckedInputStream(
              new BufferedInputStream(new InflaterInputStream(raw, inflater)), new CRC32());
    }

    Traffic read() throws IOException {
      try {
        return readAll();
      } catch (EOFException e) {
        throw problem("the file ends here, and is not complete", e);
      } catch (ZipException e) {
        throw problem("not what was written: " + e.getMessage(), e);
      } finally {
        inflater.end();
      }
    }

    private Traffic readAll() throws IOException {
      boolean[] loops = new boolean[(int) number(MAX_THREADS)];
      for (int thread = 0; thread < loops.length; thread++) {
        loops[thread] = number(1) == 1;
      }
      Traffic.Losses losses = new Traffic.Losses(any(), any(), any(), any(), any());
      Optional<ChunkFigures> chunks = hasChunks ? Optional.of(chunks()) : Optional.empty();
      int events = (int) number(Integer.MAX_VALUE);
      Traffic.Builder traffic = new Traffic.Builder();
      long nanos = 0;
      for (event = 0; event < events; event++) {
        long first = number(Long.MAX_VALUE);
        int kind = (int) (first & (1 << KIND_BITS) - 1);
        nanos += first >>> KIND_BITS;
        int thread = (int) number(loops.length - 1L);
        if (kind >= KINDS.length || nanos < 0) {
          throw problem("no such event", null);
        }
        switch (KINDS[kind]) {
          case ALLOCATE -> traffic.allocate(nanos, thread, (int) number(Integer.MAX_VALUE));
          case RESIZE -> {
            int buffer = buffer(traffic);
            traffic.resize(nanos, thread, buffer, (int) number(Integer.MAX_VALUE));
          }
          case RELEASE -> traffic.release(nanos, thread, buffer(traffic));
        }
      }
      event = -1;
      int expected = (int) in.getChecksum().getValue();
      int actual = 0;
      for (int i = 0; i < Integer.BYTES; i++) {
        actual = actual << Byte.SIZE | octet();
      }
      if (actual != expected) {
        throw problem("the checksum is wrong, so something before is", null);
      }
      if (in.read() >= 0 || inflater.getRemaining() > 0 || raw.read() >= 0) {
        throw problem("there is more than the events", null);
      }
      return traffic.build(loops, losses, chunks);
    }

    private int buffer(Traffic.Builder traffic) throws IOException {
      return traffic.buffers() - (int) Math.max(1, number(traffic.buffers()));
    }

    private ChunkFigures chunks() throws IOException {
      int allocators = (int) number(ChunkFigures.MAX_ALLOCATORS);
      return new ChunkFigures(allocators, any(), any(), any(), any(), any(), any(), any());
    }

    private long any() throws IOException {
      return number(Long.MAX_VALUE);
    }

    private long number(long max) throws IOException {
      long number = 0;
      for (int shift = 0; shift < LONG_BITS; shift += BYTE_BITS) {
        int octet = octet();
        number |= (long) (octet & BYTE_MASK) << shift;
        if ((octet & MORE) == 0) {
          if (number < 0 || number > max) {
            throw problem("the number " + number + " (expected: 0 to " + max + ')', null);
          }
          return number;
        }
      }
      throw problem("a number without end", null);
    }

    private int octet() throws IOException {
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException();
      }
      return octet;
    }

    private CommandFailure problem(String what, @Nullable Throwable cause) {
      return new CommandFailure(
          file
              + ", near byte "
              + (MAGIC.length + 1 + inflater.getBytesRead())
              + (event < 0 ? "" : ", event " + event)
              + ": "
              + what,
          cause);
    }
  }
}
