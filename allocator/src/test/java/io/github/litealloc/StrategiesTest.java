package io.github.litealloc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.litealloc.provided.OneChunkPerBlock;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StrategiesTest {

  @Test
  void named_builtIn_isFound() {
    assertThat(Strategies.named("bump-free-list")).isSameAs(Strategies.BUMP_FREE_LIST);
    assertThat(Strategies.named("segregated-bump")).isSameAs(Strategies.SEGREGATED_BUMP);
    assertThat(Strategies.named("free-list")).isSameAs(Strategies.FREE_LIST);
    assertThat(Strategies.named("hybrid")).isSameAs(Strategies.HYBRID);
    for (String name : List.of("bump-free-list", "segregated-bump", "free-list", "hybrid")) {
      assertThat(Strategies.named(name).name()).isEqualTo(name);
      assertThat(Strategies.named(name)).hasToString(name);
    }
  }

  @Test
  void default_isHybrid() {
    assertThat(Strategies.DEFAULT.name()).isEqualTo("hybrid");
    assertThat(Arena.builder().build().strategy()).isEqualTo(Strategies.DEFAULT.name());
  }

  @Test
  void named_unknown_listsThoseThereAre() {
    assertThatThrownBy(() -> Strategies.named("Hybrid"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "strategy: 'Hybrid' (expected: one of bump-free-list, segregated-bump, free-list,"
                + " hybrid)");
  }

  @Test
  void segregatedBump_otherClasses_areUsed() {
    StrategyFactory factory = Strategies.segregatedBump("two-sizes", SizeClasses.of(64, 1_024));
    assertThat(factory.name()).isEqualTo("two-sizes");
    Arena arena = Arena.builder().strategy(factory).build();
    long block = arena.allocate(65);
    assertThat(arena.sizeOf(block, 65)).isEqualTo(1_024);
    arena.reset();
    arena.close();
  }

  @Test
  void named_providedByAService_isFoundAndWorks(@TempDir Path classPath) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader provider = serviceOnClassPath(classPath, OneChunkPerBlock.class)) {
      thread.setContextClassLoader(provider);
      StrategyFactory found = Strategies.named("one-chunk-per-block");
      // Really as somebody else would write it: outside of our module and package.
      assertThat(found.getClass().getModule()).isNotEqualTo(Arena.class.getModule());

      Arena arena = Arena.builder().strategy("one-chunk-per-block").build();
      long first = arena.allocate(100);
      long second = arena.allocate(100, 256);
      assertThat(arena.statistics().chunks()).isEqualTo(2);
      assertThat(Blocks.chunk(second)).isNotEqualTo(Blocks.chunk(first));
      long moved = arena.reallocate(first, 100, 100_000);
      arena.free(moved, 100_000);
      arena.free(second, 100);
      assertThat(arena.statistics().reservedBytes()).isZero();
      arena.close();

      assertThatThrownBy(() -> Strategies.named("other"))
          .hasMessageEndingWith("free-list, hybrid, one-chunk-per-block)");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * A class path of its own for one provider. Test classes are patched into our module, whose
   * providers only its descriptor could name, so the class is copied out and loaded again.
   */
  private static URLClassLoader serviceOnClassPath(
      Path classPath, Class<? extends StrategyFactory> provider) throws IOException {
    Path services = classPath.resolve("META-INF/services");
    Files.createDirectories(services);
    Files.writeString(services.resolve(StrategyFactory.class.getName()), provider.getName());
    for (Class<?> each : List.of(provider, OneChunkPerBlock.OneChunkStrategy.class)) {
      String file = each.getName().replace('.', '/') + ".class";
      Files.createDirectories(classPath.resolve(file).getParent());
      try (InputStream bytes = provider.getModule().getResourceAsStream(file)) {
        Files.copy(bytes, classPath.resolve(file));
      }
    }
    URL[] urls = {classPath.toUri().toURL()};
    return new URLClassLoader(urls, StrategiesTest.class.getClassLoader()) {
      @Override
      protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(provider.getName())) {
          return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
          Class<?> loaded = findLoadedClass(name);
          return loaded != null ? loaded : findClass(name);
        }
      }
    };
  }

  @Test
  void bumpFreeList_wasteFactor_leavesBlocksThatAreTooLarge() {
    try (Arena arena = Arena.builder().strategy(Strategies.bumpFreeList("frugal", 4)).build()) {
      arena.allocate(16);
      long block = arena.allocate(128);
      arena.allocate(16);
      arena.free(block, 128);

      assertThat(arena.strategy()).isEqualTo("frugal");
      assertThat(Blocks.withoutSlack(arena.allocate(16))).isNotEqualTo(block);
      assertThat(Blocks.withoutSlack(arena.allocate(32))).isEqualTo(block);
      arena.reset();
    }
  }

  @Test
  void bumpFreeList_wasteFactorBelowOne_isRefused() {
    assertThatThrownBy(() -> Strategies.bumpFreeList("frugal", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("wasteFactor: 0 (expected: at least 1)");
  }
}
