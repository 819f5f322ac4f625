package io.github.litealloc.benchmarks.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.benchmarks.architecture.SourceTree.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The layout is the architecture: what {@code docs/architecture.md} says of it holds. */
final class ArchitectureTest {

  private static final int MAX_CIRCLE = 6;
  private static final int MAX_LINES = 600;

  /** Two classes have one job that takes more. */
  private static final Map<String, Integer> MAX_LINES_OF = Map.of("Arena", 900, "LiteByteBuf", 900);

  private static final Path PAGE = Path.of("..", "docs", "architecture.md");

  private static final String ROOT = "io.github.litealloc";

  private static List<Source> sources = List.of();

  @BeforeAll
  static void readSources() throws IOException {
    sources = SourceTree.mainSources();
    assertThat(sources).hasSizeGreaterThan(200);
  }

  @Test
  void circles_ofEachPackage_areSmallAndExplained() throws IOException {
    Set<String> found = new TreeSet<>();
    SourceTree.namesByPackage(sources)
        .forEach(
            (name, types) -> {
              for (Set<String> circle : Circles.of(types)) {
                assertThat(circle).as("a circle in %s", name).hasSizeLessThanOrEqualTo(MAX_CIRCLE);
                if (!name.startsWith(ROOT + ".benchmarks")) {
                  found.add(String.join(", ", circle));
                }
              }
            });

    assertThat(explainedCircles())
        .as("circles in %s (- `One`, `Two`: why)", PAGE)
        .containsExactlyInAnyOrderElementsOf(found);
  }

  private static List<String> explainedCircles() throws IOException {
    return Files.readAllLines(PAGE).stream()
        .filter(line -> line.matches("- `\\w+`(, `\\w+`)+: .*"))
        .map(line -> line.substring(2, line.indexOf(": ")).replace("`", ""))
        .map(names -> new TreeSet<>(List.of(names.split(", "))))
        .map(names -> String.join(", ", names))
        .collect(Collectors.toList());
  }

  @Test
  void files_allOfThem_haveOneJobsLength() {
    for (Source source : sources) {
      int max = MAX_LINES_OF.getOrDefault(source.type(), MAX_LINES);
      assertThat(source.lines().size())
          .as("lines of %s", source.relativeFile())
          .isLessThanOrEqualTo(max);
    }
  }

  @Test
  void packages_dependOnEachOtherInOneDirection() {
    requireNoReference(ROOT + ".memory", ROOT + "\\.[A-Z]", ROOT + "\\.netty");
    requireNoReference(ROOT + ".internal.events", ROOT + "\\.[A-Z]", ROOT + "\\.memory");
    requireNoReference(ROOT, ROOT + "\\.(netty|metrics|benchmarks|junit)", "io\\.netty");
    requireNoReference(ROOT + ".netty", ROOT + "\\.(metrics|benchmarks|junit)");
    requireNoReference(ROOT + ".netty.internal", ROOT + "\\.netty\\.[A-Z]");
    requireNoReference(
        ROOT + ".netty.internal.events", ROOT + "\\.netty\\.[A-Z]", ROOT + "\\.[A-Z]");
    requireNoReference(ROOT + ".netty.internal.backpressure", ROOT + "\\.netty\\.[A-Z]");
    requireNoReference(ROOT + ".metrics", ROOT + "\\.(benchmarks|spring)");
    requireNoReference(ROOT + ".spring", ROOT + "\\.benchmarks");
  }

  private static void requireNoReference(String packageName, String... forbidden) {
    List<Source> inside =
        sources.stream().filter(source -> source.packageName().equals(packageName)).toList();
    assertThat(inside).as(packageName).isNotEmpty();
    for (Source source : inside) {
      for (String name : forbidden) {
        assertThat(SourceTree.matches(Pattern.compile("\\b" + name), source.code()))
            .as("what %s may not name", source.relativeFile())
            .isEmpty();
      }
    }
  }

  /** Where the heap ends while it grows, it forgets all that it holds: {@code Queues} do not. */
  @Test
  void code_thatServersRun_hasNoQueuesThatForget() {
    for (Source source : sources) {
      if (!source.packageName().startsWith(ROOT + ".benchmarks")) {
        assertThat(SourceTree.matches(Pattern.compile("new ArrayDeque\\b"), source.code()))
            .as("%s", source.relativeFile())
            .isEmpty();
      }
    }
  }

  /** A virtual thread that waits for a monitor occupies its carrier before Java 24. */
  @Test
  void code_thatThreadsShare_hasNoMonitors() {
    Set<String> shared =
        Set.of(
            "ArenaLock",
            "BufferPool",
            "ChunkSupply",
            "DaemonClock",
            "Errands",
            "Fallbacks",
            "Relocation",
            "RemoteFreeInbox",
            "RemoteFrees",
            "SharedArena",
            "Stripes");
    List<Source> found = sources.stream().filter(source -> shared.contains(source.type())).toList();
    assertThat(found).hasSameSizeAs(shared);
    for (Source source : found) {
      assertThat(SourceTree.matches(Pattern.compile("\\bsynchronized\\b"), source.code()))
          .as("%s", source.relativeFile())
          .isEmpty();
    }
  }

  /** But for what ends in the middle or for ever: a few stores, by whoever comes there. */
  @Test
  void code_ofBuffers_hasMonitorsOnlyForEnds() {
    Pattern ofEnds =
        Pattern.compile(
            "\\bsynchronized\\b"
                + "(?! \\((((arena|present)\\.)?unended|ownershipLock|handingOver|this)\\))");
    Set<String> onTheWay =
        Set.of("BufferArena", "BufferMove", "LiteByteBuf", "LiteByteBufAllocator", "SharedMove");
    List<Source> found =
        sources.stream().filter(source -> onTheWay.contains(source.type())).toList();
    assertThat(found).hasSameSizeAs(onTheWay);
    for (Source source : found) {
      assertThat(SourceTree.matches(ofEnds, source.code()))
          .as("%s", source.relativeFile())
          .isEmpty();
    }
  }

  @Test
  void code_ofAllModules_usesNoUnsafe() {
    for (Source source : sources) {
      assertThat(SourceTree.matches(Pattern.compile("sun\\.misc|jdk\\.internal"), source.code()))
          .as("%s", source.relativeFile())
          .isEmpty();
    }
  }
}
