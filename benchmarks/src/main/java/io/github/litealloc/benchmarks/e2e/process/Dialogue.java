package io.github.litealloc.benchmarks.e2e.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the server's and the load's processes say to the program that has started them: lines of a
 * word and a value on the standard output, told by words on the standard input, whose end ends the
 * process.
 */
public final class Dialogue {

  /** The server can be used; its value is the port. */
  public static final String LISTENING = "listening";

  /** To the server: count from now on. From the load: what it sends from now on counts. */
  public static final String BEGIN = "begin";

  /** To the server: stop to count, and tell. */
  public static final String END = "end";

  /** All is told. */
  public static final String DONE = "done";

  private final PrintStream out;
  private final BufferedReader in;

  Dialogue() {
    out = System.out;
    in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  }

  void say(String word) {
    out.println(word);
    out.flush();
  }

  void say(String word, long value) {
    say(word + ' ' + value);
  }

  /** Says all digits: of a small share, a few say that it is none. */
  void say(String word, double value) {
    say(word + ' ' + value);
  }

  /** Says a text, in one line. */
  void say(String word, String value) {
    say(word + ' ' + value.replaceAll("\\s+", " "));
  }

  /** Waits for the next word, or returns {@code null} if the other side is gone. */
  @Nullable String hear() throws IOException {
    return in.readLine();
  }

  /** Ends this process when the other side is gone, for one that need not hear anything else. */
  void endWithTheOtherSide() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (hear() != null) {
                  // not for us
                }
              } catch (IOException e) {
                // as good as its end
              }
              Runtime.getRuntime().halt(1);
            },
            "dialogue");
    watch.setDaemon(true);
    watch.start();
  }
}
