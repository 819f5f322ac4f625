package io.github.litealloc.benchmarks.compare;

import io.github.litealloc.benchmarks.AllocatorKind;
import io.github.litealloc.benchmarks.Candidate;
import io.github.litealloc.benchmarks.foreign.AllocatorReference;
import io.github.litealloc.benchmarks.foreign.ClassPath;
import java.util.List;

/**
 * An allocator in a comparison: one that this program knows, or one that the user has named.
 *
 * @param id the short name, unique in a comparison
 * @param label the name for a reader
 * @param role what it is compared for
 * @param parameter the benchmarks' parameter {@code allocator}
 * @param classPath what comes before this program on its JVMs' class path
 * @param jvmOptions what its JVMs get that the others' do not
 * @param origin where its classes are from, as far as it was asked; for a reader
 */
record Contender(
    String id,
    String label,
    Role role,
    String parameter,
    ClassPath classPath,
    List<String> jvmOptions,
    String origin) {

  /** What an allocator is compared for. */
  enum Role {
    /** Ours, as it is in this program. */
    OURS,
    /** The fastest of these is what targets are about. */
    PEER,
    /** Neither: another version of ours, for example. It is shown beside ours. */
    OTHER
  }

  /** Copies the list. */
  Contender {
    jvmOptions = List.copyOf(jvmOptions);
  }

  static Contender of(Candidate candidate) {
    return new Contender(
        candidate.id(),
        candidate.toString(),
        candidate.kind() == AllocatorKind.LITE ? Role.OURS : Role.PEER,
        candidate.id(),
        ClassPath.NONE,
        List.of(),
        "");
  }

  /** Returns the allocator that the user has named. */
  static Contender foreign(
      String name,
      Role role,
      AllocatorReference reference,
      ClassPath classPath,
      List<String> jvmOptions,
      String origin) {
    return new Contender(
        name, name, role, reference.parameter(), classPath, jvmOptions, reference + ", " + origin);
  }

  boolean isForeign() {
    return AllocatorReference.isParameter(parameter);
  }

  /** Returns the name for a reader: {@code lite (hybrid)}, {@code pooled}. */
  @Override
  public String toString() {
    return label;
  }
}
