package io.github.litealloc.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** A jar as Spring Boot packs it: its loader, the application's classes, and jars within. */
final class BootJar {

  private BootJar() {}

  static Path write(Path folder, Path loader, Path classes, List<Path> libraries, Class<?> main)
      throws IOException {
    Path jar = Files.createTempFile(folder, "boot", ".jar");
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.MAIN_CLASS, "org.springframework.boot.loader.launch.JarLauncher");
    attributes.putValue("Start-Class", main.getName());
    attributes.putValue("Spring-Boot-Classes", "BOOT-INF/classes/");
    attributes.putValue("Spring-Boot-Lib", "BOOT-INF/lib/");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest)) {
      copyLoader(loader, out);
      for (String directory : List.of("BOOT-INF/", "BOOT-INF/classes/", "BOOT-INF/lib/")) {
        out.putNextEntry(new JarEntry(directory));
      }
      copyClasses(classes, out);
      for (Path library : libraries) {
        store("BOOT-INF/lib/" + library.getFileName(), Files.readAllBytes(library), out);
      }
    }
    return jar;
  }

  private static void copyLoader(Path loader, JarOutputStream out) throws IOException {
    try (JarFile jar = new JarFile(loader.toFile())) {
      for (JarEntry entry : jar.stream().toList()) {
        if (entry.getName().startsWith("org/") && !entry.isDirectory()) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
          }
        }
      }
    }
  }

  private static void copyClasses(Path classes, JarOutputStream out) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(classes)) {
      files =
          walk.filter(file -> classes.relativize(file).startsWith("com"))
              .filter(Files::isRegularFile)
              .toList();
    }
    for (Path file : files) {
      String name = classes.relativize(file).toString().replace('\\', '/');
      out.putNextEntry(new JarEntry("BOOT-INF/classes/" + name));
      Files.copy(file, out);
    }
  }

  /** Spring Boot's loader reads jars within from where they lie, so they are not compressed. */
  private static void store(String name, byte[] bytes, JarOutputStream out) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setMethod(JarEntry.STORED);
    entry.setSize(bytes.length);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
  }
}
