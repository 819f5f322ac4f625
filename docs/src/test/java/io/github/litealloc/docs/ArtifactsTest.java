package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is published: one version, all of it in the BOM, and all of it in README. */
final class ArtifactsTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern OURS =
      Pattern.compile(
          "<groupId>io\\.github\\.litealloc</groupId>\\s*"
              + "<artifactId>([\\w-]+)</artifactId>\\s*<version>([^<$]+)</version>");

  private static String pom(String module) throws IOException {
    return Files.readString(ROOT.resolve(module).resolve("pom.xml"));
  }

  private static List<String> modules() throws IOException {
    List<String> modules =
        Pattern.compile("<module>([^<]+)</module>")
            .matcher(pom("."))
            .results()
            .map(module -> module.group(1))
            .toList();
    assertThat(modules).contains("allocator", "docs");
    return modules;
  }

  private static Set<String> published() throws IOException {
    Set<String> published = new TreeSet<>();
    for (String module : modules()) {
      String pom = pom(module);
      if (!module.startsWith("examples")
          && !pom.contains("<maven.deploy.skip>true</maven.deploy.skip>")) {
        Pattern artifact = Pattern.compile("(?m)^  <artifactId>([^<]+)</artifactId>");
        artifact.matcher(pom).results().forEach(found -> published.add(found.group(1)));
      }
    }
    return published;
  }

  @Test
  void bom_hasAllThatIsPublished() throws IOException {
    Set<String> published = published();
    published.remove("lite-alloc-bom");
    Set<String> managed =
        OURS.matcher(pom("allocator/bom"))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    managed.remove("lite-alloc-bom");

    assertThat(published).hasSizeGreaterThan(5);
    assertThat(managed).isEqualTo(published);
  }

  @Test
  void readme_namesAllThatIsPublished() throws IOException {
    String readme = String.join("\n", Page.of("README.md").lines());
    for (String artifact : published()) {
      assertThat(readme).contains("| `" + artifact + "` |");
    }
  }

  @Test
  void versions_ofAllModulesAndSamples_areOne() throws IOException {
    String version = OURS.matcher(pom(".")).results().map(ArtifactsTest::version).toList().get(0);
    for (String module : modules()) {
      assertThat(OURS.matcher(pom(module)).results().map(ArtifactsTest::version))
          .as(module)
          .allMatch(version::equals);
    }
    for (Page page : Page.all()) {
      String text = String.join("\n", page.lines());
      assertThat(OURS.matcher(text).results().map(ArtifactsTest::version))
          .as("%s", page)
          .allMatch(version::equals);
    }
  }

  private static String version(MatchResult found) {
    return found.group(2);
  }
}
