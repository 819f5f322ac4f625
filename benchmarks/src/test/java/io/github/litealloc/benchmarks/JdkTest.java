package io.github.litealloc.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkTest {

  private static final Path HOME = Path.of(System.getProperty("java.home"));

  @TempDir private Path folder;

  /** A program that says something and ends. */
  private Path program(String text) throws IOException {
    Path program = Files.writeString(folder.resolve("java"), "#!/bin/sh\necho '" + text + "'\n");
    assumeThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  @Test
  void at_homeOrExecutable_isTheSameJdkAsTheRunningOne() {
    assertThat(Jdk.at(HOME)).isEqualTo(Jdk.running());
    assertThat(Jdk.at(Jdk.running().executable())).isEqualTo(Jdk.running());
    assertThat(Jdk.running()).hasToString("Java " + System.getProperty("java.version"));
    assertThat(Jdk.running().build()).contains(System.getProperty("java.vendor"));
  }

  @Test
  void at_nothing_isRefused() {
    assertThatThrownBy(() -> Jdk.at(folder.resolve("none")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("does not exist");
  }

  @Test
  void at_folderWithoutJava_isRefused() {
    assertThatThrownBy(() -> Jdk.at(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("has no bin/java");
  }

  @Test
  void at_fileThatIsNoProgram_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("text"), "text");

    assertThatThrownBy(() -> Jdk.at(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is not executable");
  }

  @Test
  void at_programThatIsNoJvm_isRefused() throws IOException {
    Path program = program("hello");

    assertThatThrownBy(() -> Jdk.at(program))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("does not answer as a JVM does");
  }

  @Test
  void at_olderJdk_isRefused() throws IOException {
    Path eleven = program("    java.specification.version = 11");
    assertThatThrownBy(() -> Jdk.at(eleven))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is Java 11");

    Path eight = program("    java.specification.version = 1.8");
    assertThatThrownBy(() -> Jdk.at(eight))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("is Java 1.8");
  }
}
