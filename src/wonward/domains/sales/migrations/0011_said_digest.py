from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("sales", "0010_contract_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="formsubmission",
            name="said_digest",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
    ]
