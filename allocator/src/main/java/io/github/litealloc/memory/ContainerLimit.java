package io.github.litealloc.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory limit of the control groups that this process is in, by the files in which Linux tells
 * it. The JDK knows the limit of the process's own group, but on cgroup v2 not always that of a
 * group around it, such as a systemd slice, which holds all the same.
 */
final class ContainerLimit {
  /*
   * /proc/self/cgroup names the groups, /proc/self/mountinfo the folders in which they are seen:
   *
   *   v1   4:memory:/slice/app
   *        36 25 0:31 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory
   *   v2   0::/slice/app
   *        30 23 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw
   *                   |       |                       |              |
   *             root group  folder                  type    v1: what it controls
   *
   * In v1 the group itself tells the least limit of all around it. In v2 each group has its own, and
   * we look at all that we can see. Inside a container that may be its own group alone, under a path
   * that exists outside only: then the folder itself is the group.
   */

  /** No limit, or none that we can see. */
  static final long NONE = Long.MAX_VALUE;

  private static final String HIERARCHICAL_LIMIT = "hierarchical_memory_limit ";

  private final Path root;

  /**
   * @param root the folder that has {@code proc}, and in which mounted folders are looked for
   */
  ContainerLimit(Path root) {
    this.root = root;
  }

  /** The limit in bytes, or {@link #NONE}. What cannot be read or understood limits nothing. */
  long bytes() {
    List<String> mounts = lines(root.resolve("proc/self/mountinfo"));
    long limit = NONE;
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] group = line.split(":", 3); // number, what it controls, path
      if (group.length == 3) {
        for (String mount : mounts) {
          limit = Math.min(limit, limit(group[1], group[2], mount));
        }
      }
    }
    return limit;
  }

  private long limit(String controllers, String group, String mount) {
    String[] halves = mount.split(" - ", 2);
    String[] where = halves[0].split(" ");
    String[] what = halves.length == 2 ? halves[1].split(" ") : new String[0];
    if (where.length < 5 || what.length < 3) {
      return NONE;
    }
    Path folder;
    Path own;
    try {
      folder = root.resolve(where[4].substring(1)).normalize();
      own = folder.resolve(below(where[3], group)).normalize();
    } catch (InvalidPathException | StringIndexOutOfBoundsException e) {
      return NONE;
    }
    if (!own.startsWith(folder)) {
      own = folder;
    }
    if (what[0].equals("cgroup2") && controllers.isEmpty()) {
      return limitV2(own, folder);
    }
    return what[0].equals("cgroup") && has(controllers, "memory") && has(what[2], "memory")
        ? limitV1(Files.isDirectory(own) ? own : folder)
        : NONE;
  }

  /** The path of a group, seen from the group that a folder shows. */
  private static String below(String rootGroup, String group) {
    if (rootGroup.equals("/")) {
      return group.substring(1);
    }
    return group.startsWith(rootGroup + '/') ? group.substring(rootGroup.length() + 1) : "";
  }

  private static boolean has(String list, String word) {
    return List.of(list.split(",")).contains(word);
  }

  private static long limitV2(Path own, Path folder) {
    long limit = NONE;
    for (Path group = own; group != null && group.startsWith(folder); group = group.getParent()) {
      for (String line : lines(group.resolve("memory.max"))) { // one: a number, or "max"
        limit = Math.min(limit, number(line));
      }
    }
    return limit;
  }

  private static long limitV1(Path group) {
    long limit = NONE;
    for (String line : lines(group.resolve("memory.limit_in_bytes"))) {
      limit = Math.min(limit, number(line));
    }
    for (String line : lines(group.resolve("memory.stat"))) {
      if (line.startsWith(HIERARCHICAL_LIMIT)) {
        limit = Math.min(limit, number(line.substring(HIERARCHICAL_LIMIT.length())));
      }
    }
    return limit;
  }

  private static long number(String text) {
    try {
      long number = Long.parseLong(text.strip());
      return number >= 0 ? number : NONE;
    } catch (NumberFormatException e) {
      return NONE;
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, UTF_8);
    } catch (IOException | RuntimeException e) {
      return List.of(); // no Linux, not allowed, or no control groups
    }
  }
}
