package io.github.litealloc.netty.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The collections that the classes of a module keep for the whole process. */
final class Registries {

  private final List<Field> fields = new ArrayList<>();

  /**
   * Finds those of the modules of some classes.
   *
   * @param samples one class of each
   */
  Registries(Class<?>... samples) {
    for (Class<?> sample : samples) {
      for (String name : classNames(sample)) {
        addAll(name, sample.getClassLoader());
      }
    }
  }

  private void addAll(String className, ClassLoader loader) {
    try {
      for (Field field : Class.forName(className, false, loader).getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) && isCollection(field.getType())) {
          field.setAccessible(true);
          fields.add(field);
        }
      }
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isCollection(Class<?> type) {
    return Collection.class.isAssignableFrom(type)
        || Map.class.isAssignableFrom(type)
        || type == BitSet.class;
  }

  private static List<String> classNames(Class<?> sample) {
    try {
      URI location = sample.getProtectionDomain().getCodeSource().getLocation().toURI();
      Path path = Path.of(location);
      if (Files.isDirectory(path)) {
        return classNames(path);
      }
      try (FileSystem jar = FileSystems.newFileSystem(path)) {
        return classNames(jar.getPath("/"));
      }
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> classNames(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(file -> root.relativize(file).toString())
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()))
          .map(file -> file.replace('/', '.').replace('\\', '.'))
          .toList();
    }
  }

  /** How many entries each of them has. */
  Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    for (Field field : fields) {
      try {
        sizes.put(
            field.getDeclaringClass().getName() + '.' + field.getName(), size(field.get(null)));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    return sizes;
  }

  private static int size(Object collection) {
    if (collection instanceof Map<?, ?> map) {
      return map.size();
    }
    if (collection instanceof BitSet bits) {
      return bits.cardinality();
    }
    return collection == null ? 0 : ((Collection<?>) collection).size();
  }
}
