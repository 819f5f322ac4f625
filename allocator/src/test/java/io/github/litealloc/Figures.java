package io.github.litealloc;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;

/** All figures of an arena by name, so that a test can demand that nothing has changed. */
final class Figures {

  private Figures() {}

  static Map<String, Long> of(ArenaStatistics statistics) {
    Map<String, Long> figures = new TreeMap<>();
    for (Method method : ArenaStatistics.class.getMethods()) {
      if (method.getReturnType() == long.class
          && method.getParameterCount() == 0
          && !Modifier.isStatic(method.getModifiers())) {
        try {
          figures.put(method.getName(), (Long) method.invoke(statistics));
        } catch (ReflectiveOperationException e) {
          throw new AssertionError(method.getName(), e);
        }
      }
    }
    return figures;
  }
}
