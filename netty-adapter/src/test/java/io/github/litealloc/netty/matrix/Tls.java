package io.github.litealloc.netty.matrix;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a connection is encrypted. */
enum Tls {
  NONE(null),
  /** The JDK's engine, which asks for heap buffers. */
  JDK(SslProvider.JDK),
  /** BoringSSL, which reads and writes the memory of direct buffers. */
  BORINGSSL(SslProvider.OPENSSL);

  private static final String HOST = "localhost";

  private final @Nullable SslProvider provider;

  Tls(@Nullable SslProvider provider) {
    this.provider = provider;
  }

  /** Why this machine cannot use it, or {@code null} if it can. */
  @Nullable Throwable unavailable() {
    return provider == SslProvider.OPENSSL ? OpenSsl.unavailabilityCause() : null;
  }

  /** Whose engine it is, {@code null} for {@link #NONE}. */
  @Nullable SslProvider provider() {
    return provider;
  }

  /** Those that this machine can use. */
  static List<Tls> available() {
    return Stream.of(values()).filter(tls -> tls.unavailable() == null).toList();
  }

  /** The server's context, made anew. Not for {@link #NONE}. */
  SslContext serverContext() throws Exception {
    return server().build();
  }

  /** What a server's context is made with. Not for {@link #NONE}. */
  SslContextBuilder server() {
    X509Bundle certificate = Certificate.OF_LOCALHOST;
    return SslContextBuilder.forServer(
            certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
        .sslProvider(provider);
  }

  /** What the context of a client is made with that trusts the server. Not for {@link #NONE}. */
  SslContextBuilder client() {
    return SslContextBuilder.forClient()
        .trustManager(Certificate.OF_LOCALHOST.getCertificate())
        .sslProvider(provider);
  }

  /** A server's handler for one connection. */
  static SslHandler serverHandler(SslContext context, ByteBufAllocator allocator) {
    return context.newHandler(allocator);
  }

  /** A client's handler for one connection, which checks the server's name. */
  static SslHandler clientHandler(SslContext context, ByteBufAllocator allocator, int port) {
    return context.newHandler(allocator, HOST, port);
  }

  /** Self-signed, made once, when the first test needs it. */
  private static final class Certificate {
    static final X509Bundle OF_LOCALHOST = make();

    private static X509Bundle make() {
      try {
        return new CertificateBuilder()
            .subject("CN=" + HOST)
            .addSanDnsName(HOST)
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
      } catch (Exception e) {
        throw new IllegalStateException("no certificate for " + HOST, e);
      }
    }
  }
}
