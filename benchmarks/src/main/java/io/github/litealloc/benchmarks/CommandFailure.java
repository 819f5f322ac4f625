package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Ends a command with one line for the user and no stack trace; the exit code is 1. */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes a failure.
   *
   * @param message what went wrong and with what
   * @param cause why, if something else failed
   */
  public CommandFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Makes a failure of something that a file system or a pipe has refused. Java's exceptions of a
   * file system often have nothing but a path as their message: here they say what is wrong with
   * it.
   *
   * @param what could not be done and with what, as in {@code cannot read a.json}
   * @param cause why
   * @return the failure, for the caller to throw
   */
  public static CommandFailure of(String what, IOException cause) {
    if (!(cause instanceof FileSystemException problem)) {
      return new CommandFailure(
          what + ": " + (cause.getMessage() == null ? cause : cause.getMessage()), cause);
    }
    String file = problem.getFile();
    String where = file == null || what.contains(file) ? "" : file + ": ";
    return new CommandFailure(what + ": " + where + reason(problem), cause);
  }

  private static String reason(FileSystemException problem) {
    if (problem.getReason() != null) {
      return problem.getReason();
    }
    if (problem instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (problem instanceof AccessDeniedException) {
      return "permission denied";
    }
    return problem instanceof FileAlreadyExistsException
        ? "a file is there already"
        : problem.getClass().getSimpleName();
  }
}
