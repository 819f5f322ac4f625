package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.litealloc.Arena;
import io.github.litealloc.ArenaBuilder;
import io.github.litealloc.Hardening;
import io.github.litealloc.StrategyFactory;
import io.github.litealloc.memory.ChunkStore;
import io.github.litealloc.memory.ChunkStoreBuilder;
import io.github.litealloc.metrics.DashboardServer;
import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.EffectiveSettings;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.MemoryPressureHandler;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** {@code docs/configuration.md} names every setting, and its defaults are those of the code. */
final class ConfigurationPageTest {

  private static final Page PAGE = Page.of("docs/configuration.md");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern PROPERTY = Pattern.compile("\"litealloc\\.([A-Za-z.]+)\"");

  /** A value that is not the default, for each property: so that equal settings mean something. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "litealloc.strategy", "free-list",
          "litealloc.decayMillis", "5",
          "litealloc.trimNativeHeap", "false",
          "litealloc.whenExhausted", "throw",
          "litealloc.passThrough", "true",
          "litealloc.offLoop", "reject",
          "litealloc.preferDirect", "false",
          "litealloc.hardening", "debug",
          "litealloc.sampling", "7");

  private static List<List<String>> table(String heading, int number) {
    List<List<String>> rows = PAGE.table(heading, number);
    assertThat(rows).as("table %d below '%s' of %s", number, heading, PAGE).isNotEmpty();
    return rows;
  }

  private static List<String> codeIn(String cell) {
    return CODE.matcher(cell).results().map(result -> result.group(1)).toList();
  }

  private static Set<String> named(List<List<String>> rows, int column) {
    return rows.stream()
        .flatMap(row -> codeIn(row.get(column)).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The defaults that can be compared: those that are one word of code. */
  private static Map<String, String> defaults(
      List<List<String>> rows, int nameColumn, int defaultColumn) {
    Map<String, String> defaults = new TreeMap<>();
    for (List<String> row : rows) {
      String cell = row.get(defaultColumn);
      if (cell.matches("`[\\w-]+`")) {
        codeIn(row.get(nameColumn)).forEach(name -> defaults.put(name, codeIn(cell).get(0)));
      }
    }
    return defaults;
  }

  @Test
  void properties_allThatAllocatorsKnow_areOnThePage() {
    IllegalArgumentException refusal =
        catchThrowableOfType(
            IllegalArgumentException.class,
            () -> LiteByteBufAllocator.builderFrom(Map.of("litealloc.nobody", "knows")));
    String known = refusal.getMessage().replaceFirst(".*expected: one of (.*)\\)$", "$1");

    assertThat(named(table("## The allocator", 1), 0)).containsExactlyInAnyOrder(known.split(", "));
  }

  @Test
  void readme_sameDefaults() {
    List<List<String>> rows = Page.of("README.md").table("## Settings", 1);
    Map<String, String> onPage = defaults(table("## The allocator", 1), 0, 2);

    assertThat(named(table("## The allocator", 1), 0)).containsAll(named(rows, 0));
    assertThat(defaults(rows, 0, 1)).hasSizeGreaterThan(3);
    assertThat(onPage).containsAllEntriesOf(defaults(rows, 0, 1));
  }

  @Test
  void properties_thatTheSourceReads_areOnThePage() throws IOException {
    String page = String.join("\n", PAGE.lines());
    Set<String> read = new TreeSet<>();
    for (Path source : mainSources()) {
      PROPERTY
          .matcher(Files.readString(source))
          .results()
          .map(MatchResult::group)
          .forEach(name -> read.add(name.replace("\"", "")));
    }
    assertThat(read).contains("litealloc.range", "litealloc.meters", "litealloc.enabled");
    for (String name : read) {
      assertThat(page).contains("| `" + name + "` |");
    }
  }

  private static List<Path> mainSources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("allocator", "netty-adapter", "metrics")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module))) {
        files
            .filter(file -> file.toString().matches(".*src.main.java.*\\.java"))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void propertiesOfSpring_allOfThem_areOnThePage() throws IOException {
    String source =
        Files.readString(
            Path.of("../metrics/spring-boot-starter/src/main/java")
                .resolve("io/github/litealloc/spring/LiteAllocProperties.java"));
    Set<String> fields =
        Pattern.compile("(?m)^  private (?:@Nullable )?\\w+ (\\w+)(?: = .*)?;$")
            .matcher(source)
            .results()
            .map(field -> "litealloc." + field.group(1))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> onPage = named(table("## The allocator", 1), 0);
    onPage.addAll(named(table("## Spring Boot", 1), 0));
    assertThat(onPage).containsExactlyInAnyOrderElementsOf(fields);
  }

  @TestFactory
  Stream<DynamicTest> defaultsOfProperties_setExplicitly_changeNothing() {
    Map<String, String> defaults = defaults(table("## The allocator", 1), 0, 2);
    defaults.remove("litealloc.name"); // the builder's, below: an allocator's is unique
    assertThat(defaults.keySet()).isEqualTo(OTHERS.keySet());

    return defaults.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> requireDefault(entry)));
  }

  private static void requireDefault(Map.Entry<String, String> entry) {
    String unset = EffectiveSettings.of(Map.of());
    assertThat(EffectiveSettings.of(Map.ofEntries(entry))).isEqualTo(unset);
    String other = OTHERS.get(entry.getKey());
    assertThat(EffectiveSettings.of(Map.of(entry.getKey(), other))).isNotEqualTo(unset);
  }

  @TestFactory
  Stream<DynamicTest> builders_theirMethodsAndDefaults_areOnThePage() {
    LiteByteBufAllocator allocator = LiteByteBufAllocator.builder().name("of-builders").build();
    return Stream.of(
        builder("## The allocator", 1, 1, 2, LiteByteBufAllocator.builder()),
        builder("## Meters", 1, 0, 1, LiteAllocMetrics.builder(allocator)),
        builder("## Dashboard", 1, 0, 1, DashboardServer.builder()),
        builder("## Back-pressure", 1, 0, 1, MemoryPressureHandler.builder()),
        builder("## Memory errors", 1, 0, 1, Hardening.builder()),
        builder("## Memory errors", 1, 0, 2, Hardening.debugBuilder()),
        builder("## Arenas without Netty", 1, 0, 1, Arena.builder()),
        builder("## Arenas without Netty", 2, 0, 1, ChunkStore.builder()));
  }

  private static DynamicTest builder(
      String heading, int number, int nameColumn, int defaultColumn, Object builder) {
    return DynamicTest.dynamicTest(
        heading + " " + number + " " + defaultColumn,
        () -> {
          List<List<String>> rows = table(heading, number);
          assertThat(named(rows, nameColumn))
              .as("methods of %s", builder.getClass())
              .containsExactlyInAnyOrderElementsOf(settersOf(builder.getClass()));
          Map<String, String> defaults = defaults(rows, nameColumn, defaultColumn);
          for (Map.Entry<String, String> entry : defaults.entrySet()) {
            Object value = valueOf(builder, entry.getKey());
            if (value instanceof Number || value instanceof Boolean || value instanceof String) {
              assertThat(value.toString()).as(entry.getKey()).isEqualTo(entry.getValue());
            }
          }
        });
  }

  private static Set<String> settersOf(Class<?> builder) {
    return Arrays.stream(builder.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> method.getReturnType() == builder)
        .map(method -> method.getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Object valueOf(Object builder, String name) throws ReflectiveOperationException {
    if (builder instanceof ArenaBuilder && name.equals("floorBytes")) {
      try (Arena arena = Arena.builder().build()) {
        return arena.floorBytes();
      }
    }
    for (Field field : builder.getClass().getDeclaredFields()) {
      if (field.getName().equals(name)) {
        field.setAccessible(true);
        Object value = field.get(builder);
        return value instanceof StrategyFactory factory ? factory.name() : value;
      }
    }
    return null;
  }

  @Test
  void builders_thatArePublic_areAllLookedAt() throws IOException {
    Set<String> builders = new TreeSet<>();
    for (Path source : mainSources()) {
      Pattern.compile("(?m)^ *public (?:static )?final class (\\w*Builder)\\b")
          .matcher(Files.readString(source))
          .results()
          .forEach(found -> builders.add(source.getFileName() + " " + found.group(1)));
    }
    assertThat(builders)
        .containsExactly(
            "ArenaBuilder.java ArenaBuilder",
            "ChunkStoreBuilder.java " + ChunkStoreBuilder.class.getSimpleName(),
            "DashboardServer.java Builder",
            "Hardening.java Builder",
            "LiteAllocMetrics.java Builder",
            "LiteAllocatorBuilder.java LiteAllocatorBuilder",
            "MemoryPressureHandler.java Builder");
  }
}
