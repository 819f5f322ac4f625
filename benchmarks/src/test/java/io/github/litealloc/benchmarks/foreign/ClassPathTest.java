package io.github.litealloc.benchmarks.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathTest {

  private static final String THIS = System.getProperty("java.class.path");

  @TempDir private Path folder;

  @Test
  void of_entriesThatAreThere_comeBeforeThisProgram() throws Exception {
    Path jar = Files.createFile(folder.resolve("a.jar"));

    ClassPath classPath = ClassPath.of(folder + File.pathSeparator + jar);

    assertThat(classPath.entries()).containsExactly(folder.toString(), jar.toString());
    assertThat(classPath.withThisProgram())
        .isEqualTo(folder + File.pathSeparator + jar + File.pathSeparator + THIS);
    assertThat(ClassPath.NONE.withThisProgram()).isEqualTo(THIS);
  }

  @Test
  void of_allJarsOfAFolder_isKeptForTheJvm() {
    String all = folder.resolve("*").toString();

    assertThat(ClassPath.of(all).entries()).containsExactly(all);
  }

  @Test
  void of_entryThatIsNotThere_isRefused() {
    String text = folder + File.pathSeparator + folder.resolve("none.jar");

    assertThatThrownBy(() -> ClassPath.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(folder.resolve("none.jar") + ", which does not exist");
    String all = folder.resolve("none").resolve("*").toString();
    assertThatThrownBy(() -> ClassPath.of(all)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void during_action_seesItAndNobodyElse() {
    ClassPath classPath = ClassPath.of(folder.toString());

    assertThat(classPath.during(() -> System.getProperty("java.class.path")))
        .isEqualTo(classPath.withThisProgram());
    assertThat(System.getProperty("java.class.path")).isEqualTo(THIS);
    assertThatThrownBy(
            () ->
                classPath.during(
                    () -> {
                      throw new IllegalStateException("made up");
                    }))
        .hasMessage("made up");
    assertThat(System.getProperty("java.class.path")).isEqualTo(THIS);
  }
}
