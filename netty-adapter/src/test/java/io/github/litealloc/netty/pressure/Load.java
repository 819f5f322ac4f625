package io.github.litealloc.netty.pressure;

/**
 * How much is asked for, and by whom.
 *
 * @param connections how many connections there are
 * @param answers how many answers each of them asks for at once
 * @param answerBytes the length of one, a multiple of {@link #PIECE_BYTES}
 * @param waitMillis how long nobody reads what comes
 */
record Load(int connections, int answers, int answerBytes, long waitMillis) {

  /** What an answer is written in. */
  static final int PIECE_BYTES = 16 * 1024;

  long bytes() {
    return (long) connections * answers * answerBytes;
  }

  int pieces() {
    return answerBytes / PIECE_BYTES;
  }
}
