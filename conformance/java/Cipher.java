import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/**
 * Encrypts a password as Java clients of the API do. The password comes on standard input, up to its end, the public key
 * (base64 of a DER SubjectPublicKeyInfo) from the file named first; the ciphertext goes to standard output in base64.
 */
public final class Cipher {
    private Cipher() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        if (arguments.length != 1) {
            System.err.println("usage: java Cipher KEY_FILE < password");
            System.exit(2);
        }
        byte[] password = System.in.readAllBytes();
        String text = Files.readString(Path.of(arguments[0]), StandardCharsets.US_ASCII).strip();
        var key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(text)));
        var cipher = javax.crypto.Cipher.getInstance("RSA/ECB/PKCS1Padding");
        cipher.init(javax.crypto.Cipher.ENCRYPT_MODE, key);
        System.out.println(Base64.getEncoder().encodeToString(cipher.doFinal(password)));
    }
}
