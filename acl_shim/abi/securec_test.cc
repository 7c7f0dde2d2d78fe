#include "securec.h"

#include <cstring>
#include <string>

#include "gtest/gtest.h"

namespace {

TEST(SecurecTest, MemoryCopies) {
  char dest[4] = {1, 2, 3, 4};
  EXPECT_EQ(memcpy_s(dest, 4, "abc", 3), EOK);
  EXPECT_EQ(memcmp(dest, "abc\4", 4), 0);
  EXPECT_EQ(memcpy_s(dest, 4, dest, 4), EOK);
  EXPECT_EQ(memcpy_s(dest, 4, "abcde", 5), ERANGE_AND_RESET);
  EXPECT_EQ(memcmp(dest, "\0\0\0\0", 4), 0);
  EXPECT_EQ(memcpy_s(dest, 0, "a", 1), ERANGE);
  EXPECT_EQ(memcpy_s(dest, SECUREC_MEM_MAX_LEN + 1, "a", 1), ERANGE);
  EXPECT_EQ(memcpy_s(nullptr, 4, "a", 1), EINVAL);
  dest[0] = 'x';
  EXPECT_EQ(memcpy_s(dest, 4, nullptr, 1), EINVAL_AND_RESET);
  EXPECT_EQ(dest[0], '\0');
}

TEST(SecurecTest, OverlapIsAnErrorOfMemcpyOnly) {
  char text[8] = "abcdefg";
  EXPECT_EQ(memmove_s(text + 1, 7, text, 3), EOK);
  EXPECT_STREQ(text, "aabcefg");
  EXPECT_EQ(memcpy_s(text + 1, 7, text, 3), EOVERLAP_AND_RESET);
  EXPECT_EQ(text[0], 'a');
  EXPECT_EQ(text[1], '\0');
}

TEST(SecurecTest, Fills) {
  char dest[4] = "abc";
  EXPECT_EQ(memset_s(dest, 4, 'z', 2), EOK);
  EXPECT_STREQ(dest, "zzc");
  EXPECT_EQ(memset_s(dest, 3, 'y', 9), ERANGE_AND_RESET);
  EXPECT_STREQ(dest, "yyy");
  EXPECT_EQ(memset_s(nullptr, 3, 'y', 1), EINVAL);
}

TEST(SecurecTest, StringCopies) {
  char dest[4];
  EXPECT_EQ(strcpy_s(dest, 4, "abc"), EOK);
  EXPECT_STREQ(dest, "abc");
  EXPECT_EQ(strcpy_s(dest, 4, dest), EOK);
  EXPECT_EQ(strcpy_s(dest, 4, dest + 1), EOVERLAP_AND_RESET);
  EXPECT_EQ(strcpy_s(dest, 4, "abcd"), ERANGE_AND_RESET);
  EXPECT_STREQ(dest, "");
  EXPECT_EQ(strncpy_s(dest, 4, "abcdef", 3), EOK);
  EXPECT_STREQ(dest, "abc");
  EXPECT_EQ(strncpy_s(dest, 4, "abcdef", 4), ERANGE_AND_RESET);
  EXPECT_EQ(strncpy_s(dest, 4, nullptr, 4), EINVAL_AND_RESET);
  EXPECT_EQ(strncpy_s(dest, 4, "ab", 100), EOK);
  EXPECT_STREQ(dest, "ab");
}

TEST(SecurecTest, StringAppends) {
  char dest[6] = "ab";
  EXPECT_EQ(strcat_s(dest, 6, "cde"), EOK);
  EXPECT_STREQ(dest, "abcde");
  EXPECT_EQ(strcat_s(dest, 6, "f"), ERANGE_AND_RESET);
  EXPECT_STREQ(dest, "");
  EXPECT_EQ(strncat_s(dest, 6, "xyz", 2), EOK);
  EXPECT_STREQ(dest, "xy");
  EXPECT_EQ(strcat_s(dest, 6, dest), EOVERLAP_AND_RESET);
  memcpy(dest, "abcdef", 6);
  EXPECT_EQ(strcat_s(dest, 6, ""), EINVAL_AND_RESET);  // not terminated
}

TEST(SecurecTest, Tokens) {
  char text[] = ",a,,b";
  char* context = nullptr;
  EXPECT_STREQ(strtok_s(text, ",", &context), "a");
  EXPECT_STREQ(strtok_s(nullptr, ",", &context), "b");
  EXPECT_EQ(strtok_s(nullptr, ",", &context), nullptr);
  EXPECT_EQ(strtok_s(text, nullptr, &context), nullptr);
}

TEST(SecurecTest, Prints) {
  char dest[6];
  EXPECT_EQ(sprintf_s(dest, 6, "%d", 12345), 5);
  EXPECT_STREQ(dest, "12345");
  EXPECT_EQ(sprintf_s(dest, 6, "%d", 123456), -1);
  EXPECT_STREQ(dest, "");
  EXPECT_EQ(snprintf_s(dest, 6, 5, "%d", 12345), 5);
  EXPECT_EQ(snprintf_s(dest, 6, 3, "%d", 12345), -1);
  EXPECT_STREQ(dest, "123");
  EXPECT_EQ(snprintf_s(dest, 6, 9, "%d", 123456), -1);
  EXPECT_STREQ(dest, "");
  EXPECT_EQ(snprintf_truncated_s(dest, 6, "%d", 1234567), 5);
  EXPECT_STREQ(dest, "12345");
  EXPECT_EQ(snprintf_s(dest, 0, 0, "%d", 1), -1);
}

TEST(SecurecTest, Scans) {
  int number = 0;
  double real = 0;
  char word[6];
  char set[4];
  char letters[2];
  int at = 0;
  EXPECT_EQ(sscanf_s("  42 2.5 hello xyz!ab rest", "%d %lf %s %[x-z]!%2c%n",
                     &number, &real, word, sizeof(word), set, sizeof(set),
                     letters, sizeof(letters), &at),
            5);
  EXPECT_EQ(number, 42);
  EXPECT_EQ(real, 2.5);
  EXPECT_STREQ(word, "hello");
  EXPECT_STREQ(set, "xyz");
  EXPECT_EQ(std::string(letters, 2), "ab");
  EXPECT_EQ(at, 21);
}

TEST(SecurecTest, ScansWithWidthsAndSuppression) {
  char word[4];
  long long big = 0;
  unsigned short small = 0;
  EXPECT_EQ(sscanf_s("abcdef 7;9 100%", "%3s%*s %*d;%lld %hu%%", word,
                     sizeof(word), &big, &small),
            3);
  EXPECT_STREQ(word, "abc");
  EXPECT_EQ(big, 9);
  EXPECT_EQ(small, 100);
}

TEST(SecurecTest, ScanRefuses) {
  char word[4] = "old";
  int number = 5;
  EXPECT_EQ(sscanf_s("abcd", "%s", word, sizeof(word)), -1);
  EXPECT_STREQ(word, "");
  EXPECT_EQ(sscanf_s("abc", "%s", word, sizeof(word)), 1);
  EXPECT_EQ(sscanf_s("", "%d", &number), -1);
  EXPECT_EQ(sscanf_s("x", "%d", &number), 0);
  EXPECT_EQ(sscanf_s("1 x", "%d %d", &number, &number), 1);
  EXPECT_EQ(sscanf_s("a", "%ls", word, sizeof(word)), -1);
  EXPECT_EQ(sscanf_s(nullptr, "%d", &number), -1);
}

}  // namespace
