package io.github.litealloc.metrics.internal.dashboard;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests may be answered at all.
 *
 * <p>Listening on the loopback address keeps other machines out, but not the web pages in this
 * machine's browser. A page that lets its own host name point here (DNS rebinding) betrays itself
 * by the {@code Host} header, any other by {@code Sec-Fetch-Site}.
 */
final class Guard {

  static final String ALLOWED_METHODS = "GET, HEAD";

  private static final String SEC_FETCH_SITE = "sec-fetch-site";
  private static final Set<String> ALLOWED_SITES = Set.of("none", "same-origin");
  private static final int HTTP_PORT = 80;

  private final int port;

  Guard(int port) {
    this.port = port;
  }

  /** Returns why the request is refused, or {@code null} if it is not. */
  @Nullable Answer refusal(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (request.decoderResult().isFailure()) {
      return Answer.text(HttpResponseStatus.BAD_REQUEST, "Not a request that this server reads.");
    }
    if (headers.getAll(HttpHeaderNames.HOST).size() != 1
        || !isAllowedHost(headers.get(HttpHeaderNames.HOST))) {
      return Answer.text(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "This server answers only to 127.0.0.1:" + port + " and localhost:" + port + '.');
    }
    String site = headers.get(SEC_FETCH_SITE);
    if (site != null && !ALLOWED_SITES.contains(site)) {
      return Answer.text(HttpResponseStatus.FORBIDDEN, "This server does not answer other sites.");
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      return Answer.text(
          HttpResponseStatus.METHOD_NOT_ALLOWED, "Allowed here: " + ALLOWED_METHODS + '.');
    }
    if (HttpUtil.isTransferEncodingChunked(request) || HttpUtil.getContentLength(request, 0) > 0) {
      return Answer.text(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "A request has no body here.");
    }
    return null;
  }

  private boolean isAllowedHost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    String suffix = ":" + port;
    if (name.endsWith(suffix)) {
      name = name.substring(0, name.length() - suffix.length());
    } else if (port != HTTP_PORT) {
      return false;
    }
    return name.equals("127.0.0.1") || name.equals("localhost") || name.equals("[::1]");
  }
}
