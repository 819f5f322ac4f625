package io.github.litealloc.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;

/** Address space without memory behind it until it is written: for requests of gigabytes. */
public final class SparseFileSource implements MemorySource {

  private final Path directory;

  public SparseFileSource(Path directory) {
    this.directory = directory;
  }

  @Override
  public Memory allocate(int bytes) {
    try {
      Path file = Files.createTempFile(directory, "chunk", null);
      Files.delete(file); // only a new file is sparse
      var options =
          EnumSet.of(
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.SPARSE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      try (FileChannel channel = FileChannel.open(file, options)) {
        return new Piece(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return "sparse file";
  }

  private record Piece(ByteBuffer buffer) implements Memory {
    @Override
    public long address() {
      return 0;
    }

    @Override
    public void release() {
      // Unmapped when the garbage collector finds it.
    }
  }
}
