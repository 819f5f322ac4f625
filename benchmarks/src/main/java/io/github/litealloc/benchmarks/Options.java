package io.github.litealloc.benchmarks;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of options whose type alone does not say what is allowed. A bad one is exit code 2. */
public final class Options {

  private final CommandLine command;

  /**
   * Makes the checks of one command.
   *
   * @param spec the command that the options belong to
   */
  public Options(CommandSpec spec) {
    this.command = spec.commandLine();
  }

  /**
   * Refuses a number outside a range.
   *
   * @param option the option's name
   * @param value what was given
   * @param min the smallest allowed value
   * @param max the largest allowed value, {@link Long#MAX_VALUE} for no limit
   */
  public void range(String option, long value, long min, long max) {
    if (value < min || value > max) {
      throw refused(
          option,
          String.valueOf(value),
          max == Long.MAX_VALUE ? "at least " + min : min + " to " + max);
    }
  }

  /**
   * Refuses unknown names.
   *
   * @param option the option's name
   * @param given what was given
   * @param allowed the names that there are
   */
  public void names(String option, List<String> given, List<String> allowed) {
    for (String name : given) {
      if (!allowed.contains(name)) {
        throw refused(option, name, "one or more of " + String.join(", ", allowed));
      }
    }
  }

  /**
   * Refuses a file that cannot be written.
   *
   * @param option the option's name
   * @param file what was given, if anything
   */
  public void writable(String option, @Nullable Path file) {
    if (file != null) {
      String problem = OutputFile.problemWith(file);
      if (!problem.isEmpty()) {
        throw refused(option, file + ", which " + problem, "a file that can be written");
      }
    }
  }

  /**
   * Asks JDKs what they are, and refuses what is none.
   *
   * @param option the option's name
   * @param paths their homes or their {@code java}s; the one that runs this, if there are none
   * @return each of them once
   */
  public List<Jdk> jdks(String option, @Nullable List<Path> paths) {
    return paths == null
        ? List.of(Jdk.running())
        : paths.stream().map(path -> jdk(option, path)).distinct().toList();
  }

  private Jdk jdk(String option, Path path) {
    try {
      return Jdk.at(path);
    } catch (IllegalArgumentException e) {
      throw refused(
          option, path + ", which " + e.getMessage(), "the home or the java of a JDK from 17 on");
    }
  }

  /**
   * Makes the error that refuses an option, for the caller to throw.
   *
   * @param option the option's name
   * @param given what was given
   * @param expected what is allowed
   * @return the error
   */
  public ParameterException refused(String option, String given, String expected) {
    return new ParameterException(command, option + ": " + given + " (expected: " + expected + ')');
  }
}
