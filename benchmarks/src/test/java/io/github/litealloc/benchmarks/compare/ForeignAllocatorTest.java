package io.github.litealloc.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.litealloc.benchmarks.Cli;
import io.github.litealloc.benchmarks.Jdk;
import io.github.litealloc.benchmarks.LeakDetection;
import io.github.litealloc.benchmarks.TestJson;
import io.github.litealloc.benchmarks.foreign.AllocatorReference;
import io.github.litealloc.benchmarks.foreign.Borrowing;
import io.github.litealloc.benchmarks.foreign.ClassPath;
import io.github.litealloc.netty.LiteByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Allocators that the user names. */
class ForeignAllocatorTest {

  private static final String OURS = LiteByteBufAllocator.class.getName();

  @TempDir private Path folder;

  private static ForkResult measured(Class<?> type, ClassPath classPath, List<String> jvmOptions) {
    Contender contender =
        Contender.foreign(
            "foreign",
            Contender.Role.OTHER,
            AllocatorReference.of(type.getName()),
            classPath,
            jvmOptions,
            "");
    ComparePlan plan = MadeUp.plan(MadeUp.SCENARIO, List.of(contender), HERE);
    return new JmhForkRunner().run(plan, MadeUp.run(HERE, contender));
  }

  private static final Setting HERE = new Setting(Jdk.running(), LeakDetection.DISABLED);

  /**
   * Puts a file that is no class in the place of each class of this library that is from the same
   * jar or folder as the given one.
   */
  private void spoil(Class<?> type) throws Exception {
    URI uri = type.getProtectionDomain().getCodeSource().getLocation().toURI();
    if (Files.isDirectory(Path.of(uri))) {
      spoilClasses(Path.of(uri));
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(Path.of(uri))) {
        spoilClasses(jar.getPath("/"));
      }
    }
  }

  private void spoilClasses(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString())
          .filter(name -> name.endsWith(".class") && !name.contains("module-info"))
          .forEach(this::writeNoClass);
    }
  }

  private void writeNoClass(String name) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "no class");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void run_libraryThatCannotBeLoaded_isNotMissed() throws Exception {
    spoil(LiteByteBufAllocator.class);
    spoil(io.github.litealloc.memory.MemoryBudget.class);

    ForkResult result = measured(Borrowing.class, ClassPath.of(folder.toString()), List.of());

    assertThat(result.nanosPerOp()).isPositive();
    assertThat(result.peakReservedBytes()).isNegative();
    assertThat(result.fallbackShare()).isZero();
    // So these classes really were in the way.
    Cli ours = Cli.run("compare", "--allocator=a=" + OURS, "--class-path=" + folder);
    assertThat(ours.exitCode()).isEqualTo(2);
    assertThat(ours.err()).contains("cannot be linked");
  }

  @Test
  void run_oursAsAForeignOne_isMeasuredWithItsProperties() {
    ForkResult result =
        measured(
            LiteByteBufAllocator.class,
            ClassPath.NONE,
            List.of("-Dlitealloc.strategy=free-list", "-Dlitealloc.maxBytes=64m"));

    assertThat(result.nanosPerOp()).isPositive();
    assertThat(result.peakReservedBytes()).isGreaterThanOrEqualTo(1_024);
  }

  @Test
  void compare_twoForeignOnes_eachHaveTheirOptions() throws Exception {
    Path file = folder.resolve("compare.json");

    Cli cli =
        Cli.run(
            "compare",
            "--quick",
            "--scenarios=mixed-width-access",
            "--forks=1",
            "--leak-detection=disabled",
            "--allocator=" + OURS,
            "--system-property=litealloc.strategy=free-list",
            "--system-property=litealloc.maxBytes=64m",
            "--allocator=port=io.netty.buffer.UnpooledByteBufAllocator#DEFAULT",
            "--class-path=" + folder,
            "--peer",
            "--json=" + file);

    assertThat(cli.exitCode()).as(cli.err()).isZero();
    assertThat(cli.err()).contains("1 scenarios x 6 allocators x 1 settings x 1 forks");
    assertThat(cli.out())
        .contains("LiteByteBufAllocator", "undecided: one fork", "ours beside others");
    Map<String, @Nullable Object> json = TestJson.read(file);
    assertThat(json.get("foreign"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .extracting(
            foreign -> foreign.get("allocator"),
            foreign -> foreign.get("classPath"),
            foreign -> foreign.get("jvmOptions"),
            foreign -> foreign.get("peer"))
        .containsExactly(
            tuple(
                "LiteByteBufAllocator",
                List.of(),
                List.of("-Dlitealloc.strategy=free-list", "-Dlitealloc.maxBytes=64m"),
                false),
            tuple("port", List.of(folder.toString()), List.of(), true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--allocator com.acme.Missing|--allocator: com.acme.Missing, which on Java",
        "--allocator com.acme.Missing|is not on its class path (expected: a ByteBufAllocator that",
        "--allocator java.lang.String|is no io.netty.buffer.ByteBufAllocator (expected:",
        "--allocator io.netty.buffer.PooledByteBufAllocator#NONE|is no public static field, and no",
        "--allocator io.netty.buffer.AbstractByteBufAllocator|has no public constructor without",
        "--allocator pooled=com.acme.A|--allocator: pooled=com.acme.A (expected: another NAME= than"
            + " pooled, which is taken)",
        "--allocator a=|--allocator: a= (expected: [NAME=]CLASS[#MEMBER])",
        "--allocator =com.acme.A|--allocator: =com.acme.A (expected: [NAME=]CLASS[#MEMBER])",
        "--allocator com.acme.A --class-path /no/such.jar|--class-path: /no/such.jar, which does not"
            + " exist (expected: jars and folders, with",
        "--allocator com.acme.A --system-property strategy|--system-property: strategy (expected:"
            + " KEY=VALUE)",
        "--class-path /|Missing required",
      })
  void compare_unusableForeignOne_isUsageErrorBeforeAnythingIsMeasured(
      String options, String message) {
    Cli cli = Cli.run(("compare " + options).split(" "));

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains(message).contains("--help").doesNotContain("round 1");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void compare_sameNameTwice_isUsageError() {
    String named = "--allocator=io.netty.buffer.PooledByteBufAllocator#DEFAULT";

    Cli cli = Cli.run("compare", named, named);

    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).contains("another NAME= than PooledByteBufAllocator, which is taken");
  }
}
