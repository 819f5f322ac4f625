package io.github.litealloc.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A page in Markdown that people read. */
public record Page(Path file, List<String> lines) {

  /** A block between fences, such as {@code ```java}. */
  public record Sample(Page page, int line, String text) {

    /** Where it is, as in {@code docs/strategies.md:42}. */
    String place() {
      return page + ":" + line;
    }
  }

  private static final Path ROOT = Path.of("..");
  private static final String FENCE = "```";

  /** Reads a page by its path from the root of the repository. */
  public static Page of(String path) {
    return read(ROOT.resolve(path));
  }

  static List<Page> all() {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
        Stream<Path> root = Files.list(ROOT)) {
      return Stream.of(root, docs, Stream.of(ROOT.resolve("examples/README.md")))
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Page read(Path file) {
    try {
      return new Page(file, Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Sample> samples(String language) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith(FENCE)) {
        int start = i;
        do {
          i++;
        } while (!lines.get(i).strip().equals(FENCE));
        if (lines.get(start).strip().equals(FENCE + language)) {
          String text = String.join("\n", lines.subList(start + 1, i));
          samples.add(new Sample(this, start + 1, text));
        }
      }
    }
    return samples;
  }

  /** The lines that are no samples. */
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean isFenced = false;
    for (String line : lines) {
      if (line.strip().startsWith(FENCE)) {
        isFenced = !isFenced;
      } else if (!isFenced) {
        prose.add(line);
      }
    }
    return prose;
  }

  /** What stands behind the hash in links to headings, as GitHub makes it. */
  Set<String> anchors() {
    return prose().stream()
        .filter(line -> line.matches("#{1,6} .*"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N}_ -]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  /** The rows of the first table below a heading: its cells, stripped, without the head. */
  public List<List<String>> table(String heading, int number) {
    List<String> below = lines.subList(lines.indexOf(heading) + 1, lines.size());
    List<List<String>> rows = new ArrayList<>();
    int tables = 0;
    boolean isInTable = false;
    for (String line : below) {
      if (line.startsWith("## ")) {
        break;
      }
      if (line.startsWith("|")) {
        tables += isInTable ? 0 : 1;
        if (tables == number) {
          rows.add(Stream.of(line.substring(1).split("\\|")).map(String::strip).toList());
        }
      }
      isInTable = line.startsWith("|");
    }
    return rows.subList(Math.min(2, rows.size()), rows.size());
  }

  @Override
  public String toString() {
    return ROOT.relativize(file).toString();
  }
}
