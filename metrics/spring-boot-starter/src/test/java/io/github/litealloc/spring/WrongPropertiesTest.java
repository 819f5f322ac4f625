package io.github.litealloc.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What Boot prints instead of a stack when a property is wrong. */
final class WrongPropertiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max-bytes | lots | expected: bytes, or a number with k, m or g",
        "max-bytes | 9999999999g | expected: bytes, or a number with k, m or g",
        "maxBytes | 1000 | expected: at least 65536",
        "strategy | hybird | segregated-bump",
        "decay-millis | -2 | expected: ",
        "decay-millis | soon | java.lang.Long",
        "off-loop | sometimes | STRIPED",
        "when-exhausted | retry | THROW",
        "hardening | on | ZERO",
        "prefer-direct | 7 | boolean",
        "sampling | -1 | expected: ",
        "event-loop-detail | -1 | expected: at least 0 event loops",
        "max-byte | 32m | max-byte",
      })
  void start_withAWrongValue_namesPropertyValueAndWhatIsAllowed(
      String property, String value, String allowed) {
    RecordedFailures.last = null;
    SpringApplication application = new SpringApplication(Empty.class);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setLogStartupInfo(false);

    assertThatThrownBy(() -> application.run("--litealloc." + property + '=' + value));

    FailureAnalysis failure = RecordedFailures.last;
    String report = Objects.requireNonNull(failure).getDescription() + '\n' + failure.getAction();
    assertThat(report.replace("-", "").toLowerCase(Locale.ROOT))
        .contains("litealloc." + property.replace("-", "").toLowerCase(Locale.ROOT));
    assertThat(report).contains(value, allowed, "commandLineArgs");
  }

  @Configuration(proxyBeanMethods = false)
  @Import(LiteAllocAutoConfiguration.class)
  static class Empty {}
}
