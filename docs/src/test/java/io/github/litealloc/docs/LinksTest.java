package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A link that leads nowhere is found here and not by who follows it. */
final class LinksTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");

  /** Maven runs nothing, and says that all is well, where a module has no such test. */
  private static final Pattern TEST = Pattern.compile("-D(?:it\\.)?test='?([\\w,]+)");

  private static final Pattern TESTS =
      Pattern.compile("@(?:Parameterized|Repeated)?Test\\b|@TestFactory|\\bextends ");

  private static final int MAX_README_LINES = 200;

  @Test
  void links_withinTheRepository_leadToAFileAndAHeading() {
    List<String> broken = new ArrayList<>();
    int checked = 0;
    for (Page page : Page.all()) {
      for (String line : page.prose()) {
        Matcher link = LINK.matcher(line);
        while (link.find()) {
          if (!link.group(1).contains("://")) {
            checked++;
            if (!leadsSomewhere(page, link.group(1))) {
              broken.add(page + ": " + link.group(1));
            }
          }
        }
      }
    }
    assertThat(broken).as("links that lead nowhere").isEmpty();
    assertThat(checked).isGreaterThan(100);
  }

  private static boolean leadsSomewhere(Page page, String target) {
    int hash = target.indexOf('#');
    String file = hash < 0 ? target : target.substring(0, hash);
    Path path = file.isEmpty() ? page.file() : page.file().resolveSibling(file).normalize();
    if (!Files.exists(path)) {
      return false;
    }
    return hash < 0
        || Page.of(Path.of("..").relativize(path).toString())
            .anchors()
            .contains(target.substring(hash + 1));
  }

  @Test
  void pages_allOfThem_canBeReachedFromReadme() {
    String readme = String.join("\n", Page.of("README.md").lines());
    for (Page page : Page.all()) {
      if (page.toString().startsWith("docs/")) {
        assertThat(readme).as("links of README").contains("](" + page);
      }
    }
  }

  @Test
  void testsInCommands_existAndAreTests() throws IOException {
    Set<String> sources = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(LinksTest::isTestSource).toList()) {
        // Or it is named, found, and runs nothing, without a word.
        if (TESTS.matcher(Files.readString(file)).find()) {
          sources.add(file.getFileName().toString().replace(".java", ""));
        }
      }
    }
    Set<String> named = new TreeSet<>();
    for (Page page : pagesAndMatrices()) {
      TEST.matcher(String.join("\n", page.lines()))
          .results()
          .flatMap(found -> Stream.of(found.group(1).split(",")))
          .forEach(named::add);
    }
    assertThat(named).hasSizeGreaterThan(10);
    assertThat(sources).as("tests that pages tell to run").containsAll(named);
  }

  private static boolean isTestSource(Path file) {
    return file.toString().matches(".*/src/test/java/.*\\.java");
  }

  private static List<Page> pagesAndMatrices() {
    return Stream.concat(Page.all().stream(), Stream.of(Page.of(".ci/matrix"))).toList();
  }

  /** So that none is without its place for results. */
  @Test
  void matrices_allOfThem_areInTheTable() {
    Set<String> matrices = new TreeSet<>();
    for (String line : Page.of(".ci/matrix").lines()) {
      Matcher name = Pattern.compile("^ {2}([a-z-]+)\\)\\s.*").matcher(line);
      if (name.matches()) {
        matrices.add('`' + name.group(1) + '`');
      }
    }
    matrices.add("`resident-set`"); // which needs more than a line
    Set<String> rows = new TreeSet<>();
    Page.of("docs/testing.md").table("## In full", 1).forEach(row -> rows.add(row.get(0)));
    assertThat(matrices).hasSizeGreaterThan(10);
    assertThat(rows).isEqualTo(matrices);
  }

  @Test
  void readme_isReadInTenMinutes() {
    assertThat(Page.of("README.md").lines()).hasSizeLessThanOrEqualTo(MAX_README_LINES);
  }
}
