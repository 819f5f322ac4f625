package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.internal.events.FlightEvents;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.MemoryBudget;
import io.github.litealloc.testing.TestMemorySource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording that nobody configured shows. */
final class FlightEventsTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final String PREFIX = "io.github.litealloc.";

  @TempDir private Path folder;

  private static Arena arena(String name, long maxBytes) {
    ChunkStore store =
        ChunkStore.builder()
            .source(new TestMemorySource(32))
            .budget(MemoryBudget.of(name + "-budget", maxBytes))
            .build();
    return Arena.builder().name(name).strategy("free-list").store(store).build();
  }

  private List<RecordedEvent> record(Callable<?> code) throws Exception {
    Path file = folder.resolve("test.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      code.call();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file);
  }

  private static RecordedEvent only(List<RecordedEvent> events, String name) {
    List<RecordedEvent> found = all(events, name);
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  private static List<RecordedEvent> all(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(PREFIX + name))
        .toList();
  }

  @Test
  void recording_ofArenaThatTakesAndReturnsAChunk_showsBothWithTheirArena() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              Arena arena = arena("cycle", 16 * UNIT);
              arena.free(arena.allocate(100), 100);
              arena.trim();
              arena.close();
              return null;
            });

    RecordedEvent created = only(events, "ArenaCreated");
    assertThat(created.getString("arena")).isEqualTo("cycle");
    assertThat(created.getString("strategy")).isEqualTo("free-list");
    RecordedEvent taken = only(events, "ChunkReserved");
    RecordedEvent returned = only(events, "ChunkReleased");
    for (RecordedEvent chunk : List.of(taken, returned)) {
      assertThat(chunk.getString("arena")).isEqualTo("cycle");
      assertThat(chunk.getString("source")).isEqualTo(new TestMemorySource(32).name());
      assertThat(chunk.getLong("bytes")).isEqualTo(UNIT);
      assertThat(chunk.getThread().getJavaName()).isEqualTo(Thread.currentThread().getName());
    }
    assertThat(returned.getLong("address")).isEqualTo(taken.getLong("address"));
    RecordedEvent trimmed = only(events, "ArenaTrimmed");
    assertThat(trimmed.getString("arena")).isEqualTo("cycle");
    assertThat(trimmed.getLong("bytes")).isEqualTo(UNIT);
    assertThat(trimmed.getLong("reservedBytes")).isZero();
  }

  @Test
  void recording_ofArenaClosedWithALiveBlock_showsWhatItStillHolds() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              Arena arena = arena("orphan", 16 * UNIT);
              long block = arena.allocate(100);
              arena.close();
              arena.free(block, 100);
              return null;
            });

    RecordedEvent retired = only(events, "ArenaRetired");
    assertThat(retired.getString("arena")).isEqualTo("orphan");
    assertThat(retired.getString("strategy")).isEqualTo("free-list");
    assertThat(retired.getLong("liveBlocks")).isEqualTo(1);
    assertThat(retired.getLong("reservedBytes")).isEqualTo(UNIT);
    assertThat(all(events, "ChunkReleased")).hasSize(1);
  }

  @Test
  void recording_ofArenaReset_showsItsChunkReleased() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              Arena arena = arena("reset", 16 * UNIT);
              arena.allocate(100);
              arena.reset();
              return null;
            });

    assertThat(only(events, "ChunkReleased").getLong("bytes")).isEqualTo(UNIT);
  }

  @Test
  void recording_ofArenaAtItsCeiling_showsThePressureAndTheRefusal() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              Arena arena = arena("full", UNIT);
              arena.allocate(100);
              assertThat(arena.allocate(UNIT)).isEqualTo(Blocks.NO_BLOCK);
              return null;
            });

    RecordedEvent pressure = only(events, "MemoryPressure");
    assertThat(pressure.getString("budget")).isEqualTo("full-budget");
    assertThat(pressure.getString("before")).isEqualTo("NORMAL");
    assertThat(pressure.getString("now")).isEqualTo("CRITICAL");
    assertThat(pressure.getLong("reservedBytes")).isEqualTo(UNIT);
    RecordedEvent refused = only(events, "OutOfMemory");
    assertThat(refused.getString("arena")).isEqualTo("full");
    assertThat(refused.getString("strategy")).isEqualTo("free-list");
    assertThat(refused.getInt("bytes")).isEqualTo(UNIT);
    assertThat(refused.getLong("usedBytes")).isBetween(100L, 112L);
    assertThat(refused.getLong("reservedBytes")).isEqualTo(UNIT);
  }

  @Test
  void recording_ofATrimOfTheNativeHeap_showsWhatCameOfIt() throws Exception {
    List<RecordedEvent> events =
        record(
            () -> {
              FlightEvents.nativeHeapTrimmed(8 << 20, 300 << 20, 200 << 20, 5_000_000);
              return null;
            });

    RecordedEvent trimmed =
        all(events, "NativeHeapTrimmed").stream() // a real one may come at any time
            .filter(event -> event.getLong("givenBackBytes") == 8 << 20)
            .findFirst()
            .orElseThrow();
    assertThat(trimmed.getLong("residentBefore")).isEqualTo(300 << 20);
    assertThat(trimmed.getLong("residentAfter")).isEqualTo(200 << 20);
    assertThat(trimmed.getDuration("took").toMillis()).isEqualTo(5);
  }

  @Test
  void events_allOfThem_areDescribedAndOnByDefault() throws Exception {
    record(
        () -> {
          Arena arena = arena("described", UNIT);
          arena.allocate(100);
          arena.allocate(UNIT);
          arena.reset();
          arena.free(arena.allocate(1), 1);
          arena.trim();
          arena.close();
          FlightEvents.nativeHeapTrimmed(1, 2, 3, 4); // which happens later, or not at all here
          return null;
        });

    List<EventType> types =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .filter(type -> type.getName().startsWith(PREFIX))
            .toList();
    assertThat(types).hasSize(8);
    for (EventType type : types) {
      assertThat(type.getSettingDescriptors())
          .filteredOn(setting -> setting.getName().equals("enabled"))
          .extracting(setting -> setting.getDefaultValue())
          .containsExactly("true");
      assertThat(type.getLabel()).isNotBlank();
      assertThat(type.getDescription()).isNotBlank();
      assertThat(type.getCategoryNames()).containsExactly("lite-alloc");
    }
  }
}
