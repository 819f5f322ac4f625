package io.github.litealloc.metrics.internal.dashboard;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests may be answered at all.
 *
 * <p>Listening on the loopback address keeps other machines out, but not the web pages in this
 * machine's browser. A page that lets its own host name point here (DNS rebinding) betrays itself
 * by the name in the {@code Host} header, any other by {@code Sec-Fetch-Site}. The port there says
 * nothing: behind {@code ssh -L} or {@code kubectl port-forward} it is another one. A link that
 * somebody follows is no harm either: the page that has it cannot read what is shown.
 */
final class Guard {

  static final String ALLOWED_METHODS = "GET, HEAD";

  private static final String SEC_FETCH_SITE = "sec-fetch-site";
  private static final Set<String> ALLOWED_SITES = Set.of("none", "same-origin");
  private static final String SEC_FETCH_MODE = "sec-fetch-mode";
  private static final String SEC_FETCH_DEST = "sec-fetch-dest";
  private static final Set<String> ALLOWED_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d{1,5}$");

  private Guard() {}

  /** Returns why the request is refused, or {@code null} if it is not. */
  static @Nullable Answer refusal(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (request.decoderResult().isFailure()) {
      return Answer.text(HttpResponseStatus.BAD_REQUEST, "Not a request that this server reads.");
    }
    if (headers.getAll(HttpHeaderNames.HOST).size() != 1
        || !isAllowedHost(headers.get(HttpHeaderNames.HOST))) {
      return Answer.text(
          HttpResponseStatus.MISDIRECTED_REQUEST,
          "This server answers only to the names 127.0.0.1 and localhost, on any port.");
    }
    String site = headers.get(SEC_FETCH_SITE);
    if (site != null && !ALLOWED_SITES.contains(site) && !isFollowedLink(headers)) {
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

  /** Whether a reader has gone here from another page, in a window and not in a frame. */
  private static boolean isFollowedLink(HttpHeaders headers) {
    return "navigate".equals(headers.get(SEC_FETCH_MODE))
        && "document".equals(headers.get(SEC_FETCH_DEST));
  }

  private static boolean isAllowedHost(String host) {
    String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    return ALLOWED_NAMES.contains(name);
  }
}
