package io.github.litealloc.agent;

import org.jspecify.annotations.Nullable;

/**
 * Answers Netty's class initialiser, on whatever thread that runs.
 *
 * @since 0.1.0
 */
public final class DefaultAllocator {

  private DefaultAllocator() {}

  /**
   * Makes an allocator of ours, with Netty's behind it. Called with the lock of {@code
   * ByteBufUtil}'s initialisation held: what waits for that class here, or reads {@code
   * ByteBufAllocator.DEFAULT}, is wrong.
   *
   * @param nettysChoice the allocator that Netty has chosen
   * @return an allocator of ours or, if that is not to be had, what Netty has chosen
   */
  public static Object inPlaceOf(Object nettysChoice) {
    ClassLoader netty = nettysChoice.getClass().getClassLoader();
    String version = versionOf(nettysChoice);
    try {
      Library library = Library.beside(netty);
      Object allocator = library.allocatorOver(nettysChoice);
      Report.line(
          "the default allocator of "
              + version
              + " is "
              + allocator
              + ", from "
              + library.origin()
              + "; behind it: "
              + nettysChoice.getClass().getSimpleName());
      Observation.startIfAsked(library, allocator);
      return allocator;
    } catch (Throwable e) { // whatever it is, Netty can do without us
      Report.line(version + " keeps its own default allocator: " + Report.causeOf(e));
      return nettysChoice;
    }
  }

  private static String versionOf(Object nettysChoice) {
    Package itsPackage = nettysChoice.getClass().getPackage();
    @Nullable String version = itsPackage == null ? null : itsPackage.getImplementationVersion();
    return version == null ? "Netty" : "Netty " + version;
  }
}
