package io.github.litealloc.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;

/** Keys, and a certificate that nobody else has signed, for servers on the loopback address. */
public final class LoopbackKeys {

  /** No secret: the keys protect nothing. */
  private static final String PASSWORD = "changeit";

  private static final String FORMAT = "PKCS12";

  private LoopbackKeys() {}

  /**
   * Makes keys, with the JDK's {@code keytool}.
   *
   * @param file where to keep them; must not exist
   * @throws CommandFailure if that fails
   */
  public static void make(Path file) {
    try {
      Process made =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                  "-genkeypair",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=localhost",
                  "-storetype",
                  FORMAT,
                  "-storepass",
                  PASSWORD,
                  "-keystore",
                  file.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (made.waitFor() != 0) {
        throw new CommandFailure("keytool ended with " + made.exitValue() + " for " + file, null);
      }
    } catch (IOException e) {
      throw CommandFailure.of("cannot make keys for TLS", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  /**
   * Reads keys.
   *
   * @param file what {@link #make} has made
   * @return the keys
   * @throws IOException if the file cannot be read
   * @throws GeneralSecurityException if it holds something else
   */
  public static KeyManagerFactory read(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(FORMAT);
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    return keys;
  }
}
