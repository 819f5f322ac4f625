package io.github.litealloc.benchmarks.jmh;

import io.github.litealloc.benchmarks.TemporaryFiles;
import java.io.File;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Collection;
import org.openjdk.jmh.runner.CompilerHints;
import org.openjdk.jmh.util.FileUtils;

/**
 * The temporary files of JMH itself. It leaves them to the end of the JVM, which deletes them; but
 * not if a signal has ended it and the exit code is ours (see {@code Interrupts}).
 */
final class JmhFiles {

  private JmhFiles() {}

  /** Has them deleted if a signal ends the program. After each run, whatever came of it. */
  static void entrust() {
    TemporaryFiles.entrust(Path.of(CompilerHints.hintsFile())); // one for all runs
    try {
      Field manager = FileUtils.class.getDeclaredField("TEMP_FILE_MANAGER");
      manager.setAccessible(true);
      Field references = manager.getType().getDeclaredField("refs");
      references.setAccessible(true);
      for (Object reference : (Collection<?>) references.get(manager.get(null))) {
        Field file = reference.getClass().getDeclaredField("file");
        file.setAccessible(true);
        TemporaryFiles.entrust(((File) file.get(reference)).toPath());
      }
    } catch (ReflectiveOperationException | ClassCastException e) {
      // Another version of JMH: then two small files may stay, which is no reason to fail.
    }
  }
}
