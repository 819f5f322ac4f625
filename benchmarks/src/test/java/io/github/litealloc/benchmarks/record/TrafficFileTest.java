package io.github.litealloc.benchmarks.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.benchmarks.CommandFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrafficFileTest {

  private static final Traffic TRAFFIC =
      MadeUpTraffic.random(1, 300, Optional.of(MadeUpTraffic.CHUNKS));

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve("traffic.litealloc");
    TrafficFile.write(file, TRAFFIC);
  }

  private static void assertSame(Traffic read, Traffic expected) {
    assertThat(read.events()).isEqualTo(expected.events());
    assertThat(read.buffers()).isEqualTo(expected.buffers());
    assertThat(read.threads()).isEqualTo(expected.threads());
    assertThat(read.losses()).isEqualTo(expected.losses());
    assertThat(read.chunks()).isEqualTo(expected.chunks());
    assertThat(read.duration()).isEqualTo(expected.duration());
    for (int event = 0; event < read.events(); event++) {
      assertThat(read.kind(event)).isEqualTo(expected.kind(event));
      assertThat(read.thread(event)).isEqualTo(expected.thread(event));
      assertThat(read.buffer(event)).isEqualTo(expected.buffer(event));
      assertThat(read.size(event)).isEqualTo(expected.size(event));
      assertThat(read.nanos(event)).isEqualTo(expected.nanos(event));
    }
    for (int thread = 0; thread < read.threads(); thread++) {
      assertThat(read.isLoop(thread)).isEqualTo(expected.isLoop(thread));
    }
  }

  @Test
  void read_whatWasWritten_isTheSame() {
    assertSame(Recordings.read(file), TRAFFIC);
  }

  /** As all files are that were written before there were figures of chunks. */
  @Test
  void read_withoutChunks_isWhatItAlwaysWas() throws IOException {
    Traffic without = MadeUpTraffic.random(2, 300);

    assertThat(Files.readAllBytes(file)[8]).isEqualTo((byte) 2);
    TrafficFile.write(file, without);

    assertThat(Files.readAllBytes(file)[8]).isEqualTo((byte) 1);
    assertThat(without.chunks()).isEmpty();
    assertSame(Recordings.read(file), without);
  }

  @Test
  void read_extremes_areTheSame() {
    Traffic.Builder builder = new Traffic.Builder();
    int buffer = builder.allocate(0, 0, Integer.MAX_VALUE);
    builder.release(Long.MAX_VALUE >>> 2, 0, buffer);
    Traffic extreme = builder.build(new boolean[] {true}, Traffic.Losses.NONE);

    TrafficFile.write(file, extreme);

    assertSame(Recordings.read(file), extreme);
  }

  @Test
  void read_nothingRecorded_isNothing() {
    TrafficFile.write(file, new Traffic.Builder().build(new boolean[0], Traffic.Losses.NONE));

    assertThat(Recordings.read(file).events()).isZero();
    assertThat(Recordings.read(file).duration()).isZero();
  }

  @Test
  void read_truncatedAnywhere_isRefusedWithFileAndPosition() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Recordings.read(file))
          .as("%s bytes", length)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("byte ");
    }
  }

  @Test
  void read_anyByteOtherwise_isRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at++) {
      byte[] spoiled = whole.clone();
      spoiled[at] ^= 0x11;
      Files.write(file, spoiled);

      assertThatThrownBy(() -> Recordings.read(file))
          .as("byte %s", at)
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void read_moreThanThereShouldBe_isRefused() throws IOException {
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));

    assertThatThrownBy(() -> Recordings.read(file)).hasMessageContaining("there is more");
  }

  @Test
  void read_foreignFile_isRefused() throws IOException {
    Files.writeString(file, "<html>");

    assertThatThrownBy(() -> Recordings.read(file))
        .hasMessage(
            file + ", byte 0: neither a recording of lite-alloc nor one of Flight Recorder");
  }

  @Test
  void read_laterVersion_isRefused() throws IOException {
    Files.write(file, "LITEALOC\u0003".getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> Recordings.read(file))
        .hasMessage(file + ", byte 8: version 3 (expected: 1 or 2)");
  }

  @Test
  void read_noFile_isRefused() {
    assertThatThrownBy(() -> Recordings.read(folder)).hasMessageContaining("not a file");
    assertThatThrownBy(() -> Recordings.read(folder.resolve("nothing")))
        .hasMessageContaining("there is no such file");
  }
}
