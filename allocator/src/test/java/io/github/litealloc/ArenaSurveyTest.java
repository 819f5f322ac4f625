package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.litealloc.memory.ChunkStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a survey tells of an arena, and how much it does in one go. */
final class ArenaSurveyTest {

  private static final int UNIT = ChunkStore.CHUNK_UNIT_BYTES;
  private static final int ALL = 1_000;

  private Arena arena = Arena.builder().strategy("free-list").build();

  /** Notes all it is told. */
  private static final class Notes implements ArenaSurvey.Visitor {
    final Map<Integer, Integer> chunks = new LinkedHashMap<>();
    final List<FragmentationMap.Run> runs = new ArrayList<>();

    @Override
    public void chunk(int slot, int bytes) {
      assertThat(chunks.put(slot, bytes)).isNull();
    }

    @Override
    public void free(int slot, int offset, int bytes) {
      assertThat(chunks).containsKey(slot);
      runs.add(new FragmentationMap.Run(slot, offset, bytes, false));
    }

    @Override
    public void handedBack(int slot, int offset, int bytes) {
      assertThat(chunks).containsKey(slot);
      runs.add(new FragmentationMap.Run(slot, offset, bytes, true));
    }

    int things() {
      return chunks.size() + runs.size();
    }
  }

  private final Notes notes = new Notes();

  @AfterEach
  void close() {
    arena.reset();
    arena.close();
  }

  private void use(StrategyFactory strategy) {
    arena.close();
    arena = Arena.builder().strategy(strategy).build();
  }

  /** Every third block stays. */
  private void fragment(int blocks, int bytes) {
    long[] made = new long[blocks];
    for (int i = 0; i < blocks; i++) {
      made[i] = arena.allocate(bytes);
    }
    for (int i = 0; i < blocks; i++) {
      if (i % 3 != 0) {
        arena.free(made[i], bytes);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.litealloc.TestStrategies#all")
  void proceed_inPieces_tellsWhatTheMapHasAndDoesABoundedAmountAtOnce(StrategyFactory strategy) {
    use(strategy);
    fragment(3_000, 500);
    arena.trim(); // where there are pages, some go back
    FragmentationMap map = arena.fragmentation();
    ArenaSurvey survey = new ArenaSurvey(arena, ALL, notes);
    int steps = 7;
    while (!survey.isOver()) {
      int before = notes.things();
      int left = survey.proceed(steps);
      assertThat(left).isBetween(0, steps);
      assertThat(left == 0 || survey.isOver()).isTrue();
      // A chunk comes with its pages in one step; the rest of one that is carved is no step.
      int pages = UNIT / 4_096 * steps;
      assertThat(notes.things() - before).isLessThanOrEqualTo(steps + 2 + pages);
    }

    assertThat(survey.chunks()).isEqualTo(map.chunks().size()).isGreaterThan(5);
    assertThat(notes.chunks).hasSize(survey.chunks());
    map.chunks().forEach(use -> assertThat(notes.chunks).containsEntry(use.chunk(), use.bytes()));
    assertThat(notes.runs).containsExactlyInAnyOrderElementsOf(map.runs());
  }

  @Test
  void proceed_ofAVeryLargeArena_takesAsManyPiecesAsItHasFreeBlocks() {
    use(Strategies.SEGREGATED_BUMP);
    int blocks = 90_000;
    fragment(blocks, 64);
    ArenaSurvey survey = new ArenaSurvey(arena, 1, notes);
    int pieces = 0;
    for (; !survey.isOver(); pieces++) {
      survey.proceed(1_000);
    }
    assertThat(pieces).isBetween(blocks * 2 / 3 / 1_000, blocks * 2 / 3 / 1_000 + 2);
    assertThat(notes.chunks).hasSize(1);
  }

  @Test
  void proceed_moreChunksThanMayBeChosen_choosesThoseHeldForTheLeast() {
    long[] large = new long[6];
    for (int i = 0; i < large.length; i++) {
      large[i] = arena.allocate((i == 2 || i == 4 ? 2 : 3) * UNIT - 2_000);
      arena.allocate(1_000); // in the same chunk, or the next
    }
    arena.free(large[2], 2 * UNIT - 2_000);
    arena.free(large[5], 3 * UNIT - 2_000);
    ArenaSurvey survey = new ArenaSurvey(arena, 2, notes);
    assertThat(survey.proceed(ALL)).isPositive();

    assertThat(survey.isOver()).isTrue();
    assertThat(survey.chunks()).isEqualTo(arena.fragmentation().chunks().size()).isGreaterThan(2);
    assertThat(notes.chunks.keySet())
        .containsExactly(Blocks.chunk(large[5]), Blocks.chunk(large[2]));
    assertThat(survey.isStillHeld(Blocks.chunk(large[5]))).isTrue();
    assertThat(survey.isStillHeld(Blocks.chunk(large[0]))).isFalse(); // it was not chosen
  }

  @Test
  void proceed_chunkGoesBackBetweenPieces_isToldOfNoMore() {
    long stays = arena.allocate(UNIT);
    long goes = arena.allocate(4 * UNIT);
    ArenaSurvey survey = new ArenaSurvey(arena, ALL, notes);
    survey.proceed((int) arena.statistics().chunks()); // they are chosen, and not yet told of
    arena.free(goes, 4 * UNIT);
    arena.trim();
    while (!survey.isOver()) {
      survey.proceed(1);
    }
    assertThat(notes.chunks).containsOnlyKeys(Blocks.chunk(stays));
    assertThat(survey.isStillHeld(Blocks.chunk(goes))).isFalse();
  }

  @Test
  void isStillHeld_slotOfAnotherChunk_isNot() {
    arena.allocate(UNIT);
    long goes = arena.allocate(4 * UNIT);
    ArenaSurvey survey = new ArenaSurvey(arena, ALL, notes);
    survey.proceed(ALL);
    assertThat(survey.isStillHeld(Blocks.chunk(goes))).isTrue();
    arena.free(goes, 4 * UNIT);
    arena.trim();
    long other = arena.allocate(9 * UNIT);

    assertThat(Blocks.chunk(other)).isEqualTo(Blocks.chunk(goes));
    assertThat(survey.isStillHeld(Blocks.chunk(other))).isFalse();
  }

  @Test
  void proceed_suspectArena_tellsOfItsChunksOnly() {
    fragment(300, 500);
    ArenaSurvey survey = new ArenaSurvey(arena, ALL, notes);
    arena.suspect(new IllegalStateException("of a test"));
    survey.proceed(ALL);
    assertThat(survey.isOver()).isTrue();
    assertThat(notes.chunks).isNotEmpty();
    assertThat(notes.runs).isEmpty();
  }

  @Test
  void arguments_notAllowed_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ArenaSurvey(arena, 0, notes))
        .withMessage("maxChunks: 0 (expected: at least 1)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ArenaSurvey(arena, 1, notes).proceed(0))
        .withMessage("steps: 0 (expected: at least 1)");
  }
}
