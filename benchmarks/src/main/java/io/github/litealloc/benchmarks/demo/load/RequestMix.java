package io.github.litealloc.benchmarks.demo.load;

import java.util.SplittableRandom;

/**
 * The requests of one connection: GET and POST in equal parts, one POST in four in chunks. Of the
 * bodies, 60 % have half to one and a half times the chosen size, 20 % exactly that size, 15 % are
 * below 64 bytes (empty ones among them), and 5 % have four times the size. The same connection
 * number always gives the same requests.
 */
public final class RequestMix {

  /** How many times the chosen size the largest body is. */
  public static final int LARGEST = 4;

  private static final int SMALL_BYTES = 64;

  private static final int SEQUENCE_BITS = 40;

  private final SplittableRandom random;
  private final int bodyBytes;
  private long nextId;

  RequestMix(int connection, int bodyBytes) {
    this.random = new SplittableRandom(connection);
    this.bodyBytes = bodyBytes;
    this.nextId = (long) connection << SEQUENCE_BITS;
  }

  /** How a request carries its body. */
  enum Kind {
    /** Asks the server to make the body. */
    GET,
    /** Sends the body at once. */
    POST,
    /** Sends the body in chunks, its length not announced. */
    POST_CHUNKED
  }

  /**
   * One request. Its number, unique in the process, is also the seed of its body.
   *
   * @param id the number
   * @param kind how the body travels
   * @param bytes the size of the body
   */
  record Request(long id, Kind kind, int bytes) {}

  public Request next() {
    return next(bodyBytes);
  }

  /** Returns the next request, with bodies around another size. */
  public Request next(int around) {
    return new Request(nextId++, nextKind(), nextBytes(around));
  }

  private Kind nextKind() {
    int draw = random.nextInt(8);
    if (draw < 4) {
      return Kind.GET;
    }
    return draw < 7 ? Kind.POST : Kind.POST_CHUNKED;
  }

  private int nextBytes(int around) {
    int draw = random.nextInt(100);
    if (draw < 60) {
      return around / 2 + random.nextInt(around + 1);
    }
    if (draw < 80) {
      return around;
    }
    return draw < 95 ? random.nextInt(SMALL_BYTES) : LARGEST * around;
  }
}
