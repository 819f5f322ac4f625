package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each public type says in its Javadoc since which version it is there. */
final class SinceTest {

  private static final Path ROOT = Path.of("..");

  /** Sources of what is published; packages named {@code internal} are not for users. */
  private static final List<String> SOURCES =
      List.of(
          "allocator/src/main/java",
          "allocator/src/test/java/io/github/litealloc/testing",
          "netty-adapter/src/main/java",
          "netty-adapter/junit/src/main/java",
          "netty-adapter/agent/src/main/java",
          "metrics/src/main/java",
          "metrics/spring-boot-starter/src/main/java");

  private static final Pattern PUBLIC_TYPE =
      Pattern.compile(
          "(?m)^public (?:final |abstract |sealed |non-sealed )*"
              + "(?:class|interface|enum|record|@interface) \\w+");

  private static final Pattern SINCE = Pattern.compile("(?m)^ \\* @since (\\d+\\.\\d+\\.\\d+)$");

  private static final Pattern VERSION =
      Pattern.compile(
          "<artifactId>lite-alloc-parent</artifactId>\\s*<version>([\\d.]+)(?:-SNAPSHOT)?<");

  static Stream<String> sources() {
    return SOURCES.stream();
  }

  private static List<Path> publicFiles(String source) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT.resolve(source))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.toString().contains("/internal/"))
          .sorted()
          .toList();
    }
  }

  /** The last Javadoc of a file's text up to its first public type; empty if imports follow it. */
  private static String javadocBefore(String text) {
    int javadoc = text.lastIndexOf("\n/**");
    return javadoc < text.lastIndexOf("\nimport ") ? "" : text.substring(Math.max(0, javadoc));
  }

  private static int[] numbers(String version) {
    return Stream.of(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @MethodSource("sources")
  void javadoc_ofEachPublicType_saysSinceWhen(String source) throws IOException {
    Matcher pom = VERSION.matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertThat(pom.find()).isTrue();
    int types = 0;
    for (Path file : publicFiles(source)) {
      String text = Files.readString(file);
      Matcher type = PUBLIC_TYPE.matcher(text);
      if (type.find()) {
        types++;
        Matcher since = SINCE.matcher(javadocBefore(text.substring(0, type.start())));
        assertThat(since.find()).as("%s has @since", file).isTrue();
        assertThat(Arrays.compare(numbers(since.group(1)), numbers(pom.group(1))))
            .as("%s is there since %s, at most %s", file, since.group(1), pom.group(1))
            .isNotPositive();
      }
    }
    assertThat(types).as("public types in %s", source).isPositive();
  }

  /** Whoever publishes another module adds its sources above. */
  @Test
  void sources_areThoseOfAllThatIsPublished() throws IOException {
    List<String> jars =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")))
            .results()
            .map(SinceTest::name)
            .filter(module -> !module.startsWith("examples"))
            .filter(module -> Files.isDirectory(ROOT.resolve(module).resolve("src/main/java")))
            .filter(SinceTest::isPublished)
            .map(module -> module + "/src/main/java")
            .toList();
    assertThat(SOURCES).containsAll(jars);
  }

  private static String name(MatchResult module) {
    return module.group(1);
  }

  private static boolean isPublished(String module) {
    try {
      return !Files.readString(ROOT.resolve(module).resolve("pom.xml"))
          .contains("<maven.deploy.skip>true</maven.deploy.skip>");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
