package io.github.litealloc.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A link that leads nowhere is found here and not by who follows it. */
final class LinksTest {

  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
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
  void readme_isReadInTenMinutes() {
    assertThat(Page.of("README.md").lines()).hasSizeLessThanOrEqualTo(MAX_README_LINES);
  }
}
